// What can go wrong while somebody answers. Nothing typed is ever lost from
// sight, and nothing saved is ever overwritten unseen. Each walk is another
// member's, who has submitted already and may still change every answer.

import { test, expect, refused, role } from "../support/test.js";
import { opened, close } from "../support/lead.js";
import { choose, comment, goOn } from "../support/question.js";

const SAVED = /^Saved at \d\d:\d\d$/;
const offline = /net::ERR_INTERNET_DISCONNECTED/;

const status = (page) => page.locator("[data-octant-status]");
const option = (page, place) => page.getByRole("radio").nth(place);

// question opens one question of a round and answers its address.
async function question(page, round, key) {
  const address = `${round}/questions/${key}`;
  await page.goto(address);
  return address;
}

test("an answer is kept as it is given", async ({ somebody, ground }) => {
  const page = await somebody("member-2");
  await question(page, ground.open, "1.1");
  const place = await choose(page);
  await expect(status(page)).toHaveAttribute("data-state", "saved");
  await expect(status(page)).toHaveText(SAVED);
  await comment(page, "Kept without a button");
  await page.getByLabel("Your comment").blur();
  await page.waitForResponse((r) => r.request().method() === "POST" && r.request().postData().includes("without"));
  await page.reload();
  await expect(option(page, place)).toBeChecked();
  await expect(page.getByLabel("Your comment")).toHaveValue("Kept without a button");
});

test("words alone are kept too", async ({ somebody, ground }) => {
  const page = await somebody("member-1");
  await question(page, ground.open, "2.1");
  await comment(page, "I am not sure yet");
  await expect(status(page)).toHaveText(SAVED);
  await page.reload();
  await expect(page.getByLabel("Your comment")).toHaveValue("I am not sure yet");
  for (const radio of await page.getByRole("radio").all()) await expect(radio).not.toBeChecked();
});

// conflict answers one question in two tabs and leaves the second one stale.
async function conflict(somebody, ground, key, options) {
  const first = await somebody(key, options);
  const address = await question(first, ground.open, "1.1");
  const second = await first.context().newPage();
  await second.goto(address);
  const kept = await choose(first);
  await comment(first, "From the first tab");
  await goOn(first);
  await expect(first).not.toHaveURL(new RegExp(`${address}$`));
  const sent = await choose(second, kept);
  return { second, address, kept, sent };
}

test("two tabs: the person sees both answers and takes the new one", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(409));
  const { second, address, sent } = await conflict(somebody, ground, "member-3");
  await expect(status(second)).toContainText("changed in another window");
  await second.getByRole("button", { name: "See what has changed" }).click();
  await expect(second.getByRole("heading", { level: 1 })).toContainText("Choose which answer to keep");
  await expect(second.getByRole("main")).toContainText("From the first tab");
  await second.getByRole("button", { name: "Use what I have just sent" }).click();
  await expect(second.getByText("Question 2 of")).toBeVisible();
  await second.goto(address);
  await expect(option(second, sent)).toBeChecked();
});

test("two tabs: the person may keep the saved answer", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(409));
  const { second, kept } = await conflict(somebody, ground, "member-4");
  await goOn(second);
  await second.getByRole("button", { name: "Keep the saved answer" }).click();
  await expect(option(second, kept)).toBeChecked();
  await expect(second.getByLabel("Your comment")).toHaveValue("From the first tab");
});

test("two tabs without script: the person sees both answers", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(409));
  const { second, address, sent } = await conflict(somebody, ground, "member-5", { javaScriptEnabled: false });
  await goOn(second);
  await expect(second.getByRole("main")).toContainText("From the first tab");
  await second.getByRole("button", { name: "Use what I have just sent" }).click();
  await second.goto(address);
  await expect(option(second, sent)).toBeChecked();
});

test("a lost connection keeps what was typed and says so", async ({ somebody, ground, watch }) => {
  watch.tolerate(offline);
  const page = await somebody("member-6");
  const address = await question(page, ground.open, "1.1");
  await page.context().setOffline(true);
  await comment(page, "Typed in the tunnel");
  const place = await choose(page);
  await expect(status(page)).toContainText("Not saved: no connection");
  await goOn(page);
  await expect(status(page)).toContainText("Not saved: no connection");
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed in the tunnel");
  await page.context().setOffline(false);
  await expect(status(page)).toHaveText(SAVED);
  await page.reload();
  await expect(option(page, place)).toBeChecked();
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed in the tunnel");
});

test("somebody signed out meanwhile keeps what was typed", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(401));
  const page = await somebody("member-7");
  await question(page, ground.open, "1.1");
  const tab = await page.context().newPage();
  await tab.goto("/");
  await tab.getByRole("button", { name: "Sign out" }).click();
  await comment(page, "Typed after the end");
  await choose(page);
  await expect(status(page)).toContainText("you have been signed out");
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed after the end");
  await tab.goto("/demo");
  await role(tab, "member-7").click();
  await expect(status(page)).toHaveText(SAVED, { timeout: 20_000 });
});

test("without script a signed-out person's words come back", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(401));
  const page = await somebody("member-8", { javaScriptEnabled: false });
  await question(page, ground.open, "1.1");
  await comment(page, "Still here");
  await page.context().clearCookies();
  await goOn(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  await expect(page.getByLabel("Your comment")).toHaveValue("Still here");
});

for (const [what, length, code, options] of [
  ["over 2,000 characters", 2001, 422, {}],
  ["over 2,000 characters, without script", 2001, 422, { javaScriptEnabled: false }],
  ["over 64 KiB, without script", 70_000, 413, { javaScriptEnabled: false }],
]) {
  test(`a comment ${what} is refused and stays`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422, 413));
    const page = await somebody("member-9", options);
    await question(page, ground.open, "1.2");
    const words = "é".repeat(length);
    await comment(page, words);
    const answered = page.waitForResponse((r) => r.request().isNavigationRequest() && r.request().method() === "POST");
    await goOn(page);
    expect((await answered).status()).toBe(code);
    await expect(page).toHaveTitle(/^Error: /);
    await expect(page.getByRole("link", { name: "Your comment must be 2,000 characters or fewer" })).toBeVisible();
    await expect(page.getByLabel("Your comment")).toHaveValue(words);
  });
}

test("no choice is asked for, with the words kept", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422));
  const page = await somebody("member-1", { javaScriptEnabled: false });
  await question(page, ground.open, "3.2");
  await comment(page, "Words without a choice");
  await goOn(page);
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole("alert")).toContainText("Select the answer that fits best");
  await expect(page.getByLabel("Your comment")).toHaveValue("Words without a choice");
});

for (const [what, key, options] of [
  ["with script", "member-10", {}],
  ["without script", "member-11", { javaScriptEnabled: false }],
]) {
  test(`a round that closed meanwhile shows what was typed, ${what}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(409));
    const page = await somebody(key, options);
    const lead = await somebody("cio");
    const round = await opened(lead, ground.trust);
    await question(page, round, "1.1");
    await option(page, 1).check();
    await goOn(page);
    await expect(page.getByText("Question 2 of")).toBeVisible();
    await question(page, round, "1.1");
    await comment(page, "Written too late");
    await close(lead, round);
    await goOn(page);
    const main = page.getByRole("main");
    await expect(main).toContainText("This round has closed");
    await expect(main).toContainText("Written too late");
    await expect(main).toContainText("What you saved");
  });
}
