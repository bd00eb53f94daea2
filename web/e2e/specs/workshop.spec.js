// A whole session: one who runs it by keys alone, a projector, and six phones of
// 360 pixels, one of them without script. Only that session is no rehearsal: what
// it was told of a question keeps other sessions from voting on it again at once.

import AxeBuilder from "@axe-core/playwright";
import { test, expect, refused, sideways } from "../support/test.js";
import { prepared, lobby, join, next, upTo, vote } from "../support/workshop.js";

const PHONE = { viewport: { width: 360, height: 740 } };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function sound(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  expect.soft(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), `axe, ${what}`).toEqual([]);
  expect.soft(await sideways(page), `${what} is too wide by`).toBe(0);
}

test("a board talks through two questions", async ({ somebody, ground }) => {
  const desk = await somebody("facilitator");
  const path = await prepared(desk, ground.trust);
  const code = await lobby(desk, path);
  const wall = await somebody("facilitator", { viewport: { width: 1920, height: 1080 } });
  await wall.goto(`${path}/projector`);
  await expect(wall.locator(".app-join-code").first()).toHaveText(code);
  const phones = [];
  for (let i = 0; i < 6; i++) {
    const phone = await somebody(null, { ...PHONE, javaScriptEnabled: i < 5 });
    await join(phone, code);
    phones.push(phone);
  }
  const [first, second] = phones;
  const plain = phones[5];
  await expect(first.locator("[data-live-state]")).toHaveText("Live");
  const all = async (what) => {
    await sound(desk, `console, ${what}`);
    await sound(wall, `projector, ${what}`);
    await sound(first, `phone, ${what}`);
  };
  await all("lobby");

  for (let question = 0; question < 2; question++) {
    await upTo(desk, "Open the vote");
    await expect(first.getByRole("button", { name: "Send my vote" })).toBeVisible();
    if (question === 0) await all("vote");
    await plain.getByRole("link", { name: "Show the newest" }).click();
    for (const [i, phone] of phones.entries()) await vote(phone, [0, 0, 1, 3, 4, 4][i]);
    await expect(desk.getByText("6 of 6 have voted")).toBeVisible();
    await expect(wall.getByRole("main")).not.toContainText("of 6");
    await upTo(desk, "Show the result");
    for (const page of [desk, wall, second]) await expect(page.locator(".app-votes").first()).toBeVisible();
    if (question === 0) await all("result");
    await upTo(desk, "Open the second vote");
    await plain.goto(`/join/${code}`);
    for (const phone of phones) await vote(phone, 2);
    await upTo(desk, "Show what has moved");
    await expect(wall.getByText("The second vote", { exact: true })).toBeVisible();
    await desk.getByRole("radio").nth(2).focus();
    await desk.keyboard.press("Space");
    await desk.getByLabel("Why", { exact: true }).focus();
    await desk.keyboard.type("We all see it so by now");
    await desk.locator("#agree").press("Enter");
    await expect(first.getByText("Agreed: level 3.")).toBeVisible();
    if (question === 0) await all("agreed");
  }
  await upTo(desk, "Show: Three to five actions");
  await desk.getByLabel("What will be done?").fill("Ask patients twice a year");
  await desk.getByLabel("Name of somebody").fill("Jo Bloggs");
  for (const [name, value] of [["Day", "3"], ["Month", "3"], ["Year", "2099"]]) await desk.getByRole("group", { name: "By when?" }).getByLabel(name).fill(value);
  await desk.locator("#add-action").press("Enter");
  await expect(wall.getByText("Ask patients twice a year")).toBeVisible();
  await desk.getByRole("link", { name: "End the session" }).first().click();
  await desk.getByRole("button", { name: "End the session" }).press("Enter");
  await expect(desk.getByRole("heading", { level: 1 })).toContainText("Record of the workshop");
  await sound(desk, "record");
  await expect(first.getByText("This device is in no session now")).toBeVisible();
  await expect(wall.locator("[data-live-says]")).toHaveText("The session has ended. Thank you.");
});

test("what is typed stays while the session moves on", async ({ somebody, ground }) => {
  const desk = await somebody("facilitator");
  const path = await prepared(desk, ground.trust);
  const code = await lobby(desk, path);
  const phone = await somebody(null, PHONE);
  await join(phone, code);
  await expect(phone.locator("[data-live-state]")).toHaveText("Live");
  await phone.getByText("Parking lot").click();
  const words = phone.getByLabel("Something to come back to");
  await words.fill("Who pays for");
  await next(desk);
  await expect(phone.getByRole("heading", { level: 1 })).toContainText("Welcome");
  await expect(words).toHaveValue("Who pays for");
  await expect(words).toBeFocused();
  await upTo(desk, "Let people write");
  await phone.getByLabel("Your card").fill("Half a thought");
  await upTo(desk, "Show the cards");
  await expect(phone.getByText("What you typed below was not sent")).toBeVisible();
  await expect(phone.getByLabel("Your card")).toHaveValue("Half a thought");
  await phone.getByRole("button", { name: "Take it away" }).click();
  await expect(phone.getByLabel("Your card")).toHaveCount(0);
});

test("a vote sent without a connection arrives when it is back", async ({ somebody, ground, watch }) => {
  watch.tolerate(/net::ERR_INTERNET_DISCONNECTED/);
  const desk = await somebody("facilitator");
  const code = await lobby(desk, await prepared(desk, ground.trust, { rehearsal: "yes" }));
  const phone = await somebody(null, PHONE);
  await join(phone, code);
  await upTo(desk, "Open the vote");
  await expect(phone.getByRole("button", { name: "Send my vote" })).toBeVisible();
  await phone.context().setOffline(true);
  await phone.getByRole("radio").nth(3).check();
  await phone.locator("#send-vote").click();
  await expect(phone.getByText("Not sent yet: no connection")).toBeVisible();
  await expect(phone.locator("[data-live-state]")).toContainText("Offline");
  await phone.context().setOffline(false);
  await expect(phone.getByText("Your vote is in. You can change it")).toBeVisible({ timeout: 30_000 });
  await expect(desk.getByText("13 of 13 have voted")).toBeVisible();
});

// A stream can outlive the database, so that its word is heard while nothing can
// be fetched.
test("what cannot be fetched at first is fetched later, with the stream unbroken", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(503));
  const desk = await somebody("facilitator");
  const code = await lobby(desk, await prepared(desk, ground.trust, { rehearsal: "yes" }));
  const phone = await somebody(null, PHONE);
  await join(phone, code);
  const state = phone.locator("[data-live-state]");
  await expect(state).toHaveText("Live");
  let streams = 0;
  phone.on("request", (request) => request.url().endsWith("/events") && streams++);
  await phone.route("**/now", (route) => route.fulfill({ status: 503, body: "" }));
  await next(desk);
  await expect(state).toContainText("Offline");
  await phone.unroute("**/now");
  await expect(phone.getByRole("heading", { level: 1 })).toContainText("Welcome");
  await expect(state).toHaveText("Live");
  expect(streams).toBe(0);
});

test("a vote that comes too late is refused in words", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(409));
  const desk = await somebody("facilitator");
  const code = await lobby(desk, await prepared(desk, ground.trust, { rehearsal: "yes" }));
  const phone = await somebody(null, { ...PHONE, javaScriptEnabled: false });
  await join(phone, code);
  await upTo(desk, "Open the vote");
  await phone.getByRole("link", { name: "Show the newest" }).click();
  await phone.getByRole("radio").nth(4).check();
  await upTo(desk, "Close the vote");
  await phone.locator("#send-vote").click();
  await expect(phone.getByRole("alert")).toContainText("Voting had closed before this arrived");
  await expect(phone.getByRole("alert")).toContainText("You chose:");
});
