// How people show who they are, and where they are signed in; with script and
// without it. Whoever is signed out everywhere here is nobody that another walk
// of this site needs.

import { draft } from "../support/lead.js";
import { OURS } from "../support/places.js";
import { test, expect, refused } from "../support/test.js";

for (const [how, options, key, name] of [
  ["with script", {}, "facilitator", "Miriam Adeyemi"],
  ["without script", { javaScriptEnabled: false }, "regional", "Farah Siddiqui"],
]) {
  test(`a code is asked for, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422));
    const page = await somebody(null, options);
    await page.goto(ground.trust);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
    await expect(page.getByText("the page you asked for")).toBeVisible();
    const send = page.getByRole("button", { name: "Email me a code" });
    await page.getByLabel("Your email address").fill("nobody");
    await send.click();
    await expect(page).toHaveTitle(/^Error: Sign in/);
    await expect(page.getByLabel("Your email address")).toHaveValue("nobody");
    await page.getByLabel("Your email address").fill(`Nobody-${key}@Octant.example`);
    await send.click();
    await expect(page).toHaveURL(/\/sign-in\/code$/); // no address in the URL
    await expect(page.getByText(`nobody-${key}@octant.example`)).toBeVisible();
    const code = page.getByLabel("Code", { exact: true });
    await code.fill(" 123 456 ");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("This code is not right, or it no longer works");
    await expect(page.getByText(`nobody-${key}@octant.example`)).toBeVisible();
    await page.getByRole("button", { name: "Send a new code" }).click();
    await expect(page).toHaveTitle(/^Check your email/);
    await page.getByRole("link", { name: "Use another address" }).first().click();
    await expect(page.getByLabel("Your email address")).toHaveValue("");
  });

  test(`a code leads to the page that was asked for, ${how}`, async ({ somebody, ground }) => {
    const page = await somebody(null, options);
    await page.goto(`${ground.closed}/report`);
    await page.getByLabel("Your email address").fill(`${key}@octant.example`);
    await page.getByRole("button", { name: "Email me a code" }).click();
    await page.getByRole("link", { name: "read the email here" }).click();
    const letter = page.getByRole("listitem").filter({ hasText: name });
    await letter.getByRole("link", { name: "Your sign-in code" }).first().click();
    const [code] = (await page.getByRole("main").innerText()).match(/\b\d{6}\b/);
    await page.goto("/sign-in/code");
    await page.getByLabel("Code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL(/\/report$/);
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Sign in");
  });

  test(`somebody signs out elsewhere and everywhere, ${how}`, async ({ somebody }) => {
    const here = await somebody(key, options);
    const there = await somebody(key, { ...options, userAgent: "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) Version/17.6 Safari/604.1" });
    await here.goto("/");
    await here.getByRole("link", { name: "Where you are signed in" }).click();
    await expect(here.getByRole("heading", { name: "(this one)" })).toBeVisible();
    await there.goto("/sessions");
    await expect(there.getByRole("heading", { name: "Safari on iPad (this one)" })).toBeVisible();
    await here.getByRole("button", { name: "Sign out: Safari on iPad" }).click();
    await expect(here.getByText("You are signed out there.")).toBeVisible();
    await there.reload();
    await expect(there).toHaveURL(/\/sign-in\?to=/);

    const again = await somebody(key, options);
    await here.getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(here).toHaveURL(/\/$/);
    for (const page of [here, again]) {
      await page.goto("/sessions");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
    }
  });
}

test("a lead who was signed out signs in beside a form and sends it again", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(401));
  const page = await somebody("secretary");
  const words = `Typed before the end ${OURS}`;
  const round = await draft(page, ground.trust);
  await page.goto(`${round}/edit`);
  await page.context().clearCookies();
  await page.getByLabel("Title", { exact: true }).fill(words);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Sign in (opens in a new tab)" }).click();
  const tab = await opened;
  await tab.getByRole("link", { name: "Sign in as one of the people" }).click();
  await tab.locator('button[name="person"][value="secretary"]').click();
  await expect(tab.getByRole("button", { name: "Sign out" })).toBeVisible();
  await expect(page.getByLabel("Title of the round")).toHaveValue(words);
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(words);
});
