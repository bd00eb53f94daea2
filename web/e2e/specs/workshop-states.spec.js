// Every state of a session on each of its views: the console, the projector, a
// phone and a phone without script. axe finds nothing, all fit their screen and
// the narrowest one, and their HTML is kept for the validator.

import { appendFile, writeFile } from "node:fs/promises";
import { join as beside } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test, expect, sideways } from "../support/test.js";
import { prepared, lobby, join, next, vote } from "../support/workshop.js";

const PHONE = { viewport: { width: 360, height: 740 } };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// fits says whether a page needs no scrolling sideways on the narrowest screen.
async function fits(page, what) {
  const { width, height } = page.viewportSize();
  expect.soft(await sideways(page), `${what} is too wide by`).toBe(0);
  await page.setViewportSize({ width: 320, height: 640 });
  expect.soft(await sideways(page), `${what} is wider than 320 pixels by`).toBe(0);
  await page.setViewportSize({ width, height });
}

async function sound(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  expect.soft(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), `axe, ${what}`).toEqual([]);
  await expect.soft(page.getByRole("heading", { level: 1 }), what).toHaveCount(1);
}

async function keep(page, what) {
  const { OCTANT_PAGES: folder, OCTANT_SEEN: list } = process.env;
  if (list) await appendFile(list, `${new URL(page.url()).pathname}\n`);
  if (!folder) return;
  const sent = await page.request.get(page.url());
  await writeFile(beside(folder, `session-${what.replace(/\W+/g, "-")}.html`), await sent.text());
}

// short leaves one question on the agenda, and one thing of every other kind.
async function short(desk, path) {
  await desk.goto(`${path}/agenda`);
  const questions = desk.locator("main .nhsuk-card").filter({ hasText: /^\d+\. .*\n*Question,/ });
  for (let left = await questions.count(); left > 1; left--) {
    await questions.nth(1).getByRole("button", { name: /^Take off the agenda/ }).click();
    await expect(questions).toHaveCount(left - 1);
  }
}

test("every state of a session on every screen", async ({ somebody, ground }) => {
  test.slow(); // nearly two hundred screens
  const desk = await somebody("facilitator");
  const round = ground.closed.split("/").at(-1);
  const path = await prepared(desk, ground.trust, { rehearsal: "yes", length: "long", round });
  await short(desk, path);
  const wall = await somebody("facilitator", { viewport: { width: 1920, height: 1080 } });
  await wall.goto(`${path}/projector`);
  await desk.goto(path);
  for (const [name, page] of [["console", desk], ["projector", wall]]) {
    await sound(page, `${name}, prepared`);
    await fits(page, `${name}, prepared`);
    await keep(page, `${name}, prepared`);
  }
  const code = await lobby(desk, path);
  const phone = await somebody(null, PHONE);
  const watching = await somebody(null, PHONE);
  const plain = await somebody(null, { ...PHONE, javaScriptEnabled: false });
  await join(phone, code);
  await join(watching, code, "I only watch");
  await join(plain, code);

  const all = async (state) => {
    const heading = (await desk.getByRole("heading", { level: 1 }).innerText()).split("\n").at(-1);
    if (heading !== "Lobby") await expect.soft(phone.locator("[data-live-state]")).toHaveText("Live");
    await plain.goto(`/join/${code}`);
    const screens = [["console", desk], ["projector", wall], ["phone", phone], ["observer", watching], ["phone without script", plain]];
    await Promise.all(screens.map(async ([name, page]) => {
      if (page !== plain && page !== watching) await sound(page, `${name}, ${state}`);
      await fits(page, `${name}, ${state}`);
      if (page !== watching) await keep(page, `${name}, ${state}`);
    }));
  };
  await all("lobby");
  for (let pressed, n = 0; pressed !== "Finish this item" && (await desk.locator("#next").count()) > 0; n++) {
    const shown = () => wall.locator("[data-live-target]").innerText();
    const before = await shown();
    pressed = await next(desk);
    const step = pressed.replace(/^Show: /, "");
    await expect(wall.locator("[data-live-state]")).toHaveText("Live");
    await expect.poll(shown, step).not.toBe(before);
    const said = (page) => page.locator("[data-live-says]").innerText();
    await expect.poll(async () => (await said(phone)) === (await said(wall)), step).toBe(true);
    await all(`${n} ${step}`);
    if (pressed === "Let people write") {
      await phone.getByLabel("Your card").fill("A way of working");
      await phone.locator("#send-card").click();
      await phone.getByText("Your card is in. You can change it").waitFor();
      await all(`${n} ${step}, written`);
    }
    if (/^Open the (second )?vote/.test(pressed)) {
      await expect(watching.getByText("You are watching, so you have no vote.")).toBeVisible();
      await vote(phone, 3);
      await plain.goto(`/join/${code}`);
      await vote(plain, 1);
      await all(`${n} ${step}, voted`);
    }
    if (pressed === "Show what has moved") {
      await desk.getByRole("radio").nth(2).check();
      await desk.getByLabel("Why", { exact: true }).fill("We all see it so by now");
      await desk.getByLabel("What those say who do not agree").fill("It is early");
      await desk.locator("#agree").click();
      await expect(phone.getByText("Agreed: level 3.")).toBeVisible();
      await all(`${n} agreed`);
    }
    if (pressed.startsWith("Show: What we parked")) {
      await desk.getByLabel("Something to come back to").fill("Who pays?");
      await desk.locator("#park-it").click();
      await expect(phone.getByText("Who pays?").first()).toBeVisible();
      await phone.getByText("Parking lot").click();
      await all(`${n} parked`);
      await phone.getByText("Parking lot").click();
    }
  }
  await desk.goto(`${path}/end`);
  await desk.getByRole("button", { name: "End the session" }).click();
  await expect(phone.getByText("This device is in no session now")).toBeVisible();
  await expect(wall.locator("[data-live-says]")).toHaveText("The session has ended. Thank you.");
  for (const [name, page] of [["projector", wall], ["phone", phone], ["record", desk]]) {
    await sound(page, `${name}, ended`);
    await fits(page, `${name}, ended`);
  }
});
