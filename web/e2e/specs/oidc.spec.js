// A trust's own sign-in, from its being set up to somebody coming back from it,
// at a real provider; with script and without. Each walk is another trust's.

import { startProvider } from "../support/provider.js";
import { test, expect } from "../support/test.js";

for (const [how, options, ods, key] of [
  ["with script", {}, "R9M", "brackenvale-lead"],
  ["without script", { javaScriptEnabled: false }, "D3M0X", "eastmarch-lead"],
]) {
  test(`somebody signs in as they do at work, ${how}`, async ({ somebody, baseURL, watch }) => {
    const provider = await startProvider(baseURL);
    try {
      watch.admit(provider.issuer);
      const domain = `${ods.toLowerCase()}.example`;
      const admin = await somebody("admin");
      await admin.goto(`/trusts/${ods}/sign-in`);
      await provider.register(admin, domain);
      await expect(admin.getByText("The sign-in of this trust has been saved.")).toBeVisible();
      await join(await somebody(key), ods, `ola@${domain}`);

      const page = await somebody(null, options);
      await page.goto("/sign-in");
      await page.getByLabel("Your email address").fill(`ola@${domain}`);
      await page.getByRole("button", { name: "Email me a code" }).click();
      await page.getByRole("button", { name: "Continue with your trust’s sign-in" }).click();
      await signIn(page, provider, `ola@${domain}`);
      await expect(page).toHaveURL(new URL("/", baseURL).href);
      await expect(page.getByRole("banner")).toContainText("Ola Vance");
    } finally {
      provider.end();
    }
  });
}

// join puts somebody into a trust as one who reads its reports.
async function join(lead, ods, email) {
  await lead.goto(`/trusts/${ods}/people/add/one`);
  await lead.getByLabel("Name", { exact: true }).fill("Ola Vance");
  await lead.getByLabel(/^Email address/).fill(email);
  await lead.getByRole("checkbox", { name: "Board member" }).uncheck();
  await lead.getByRole("checkbox", { name: "Observer" }).check();
  await lead.getByRole("button", { name: "Add this person" }).click();
  await expect(lead.getByText("Ola Vance has been added.")).toBeVisible();
}

// signIn does at the provider what it asks for: who it is, and that Octant may
// know. A browser without script is led there by a link.
async function signIn(page, provider, email) {
  const there = new RegExp(`^${provider.issuer}/interaction/`);
  const link = page.getByRole("link", { name: "Continue to your trust’s sign-in" });
  const login = page.locator("input[name=login]");
  await expect(link.or(login)).toBeVisible();
  if (await link.isVisible()) await link.click().catch(() => {}); // it may have gone on by itself
  await page.waitForURL(there);
  await login.fill(email);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await expect(login).toHaveCount(0);
  await page.locator("button[type=submit]").click();
}
