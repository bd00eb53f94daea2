// The console by keys alone, from its preparation to its record: no mouse, every
// stop shows the focus, and what arrives meanwhile moves neither focus nor page.

import { look, press, tabTo } from "../support/keys.js";
import { test, expect, refused } from "../support/test.js";
import { OURS } from "../support/places.js";
import { join, vote } from "../support/workshop.js";

const id = (page) => page.evaluate(() => document.activeElement.id);
const scrolled = (page) => page.evaluate(() => scrollY);

// next presses the one button that comes next, which has the focus already but
// for the first time, and answers what it said.
async function next(desk) {
  const button = desk.locator("#next");
  if ((await id(desk)) !== "next") await tabTo(desk, button);
  const words = (await button.innerText()).trim();
  await desk.keyboard.press("Enter");
  await desk.waitForFunction((was) => document.querySelector("#next")?.textContent.trim() !== was, words);
  expect.soft(await id(desk), `focus after ${words}`).toBe("next");
  expect.soft(await desk.evaluate(look), `focus after ${words}`).toMatchObject({ visible: true, inView: true });
  return words;
}

async function upTo(desk, words) {
  for (let i = 0; i < 40; i++) if ((await next(desk)).startsWith(words)) return;
  throw new Error(`there is never a button ${words}`);
}

test("a session is run by keys alone", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422)); // a form with nothing in it
  const desk = await somebody("facilitator");
  await desk.goto(`${ground.trust}/workshops`);
  await press(desk, desk.getByRole("button", { name: "Prepare a workshop" }));
  await tabTo(desk, desk.getByLabel("Title", { exact: true }));
  await desk.keyboard.type(`By keys ${OURS}`);
  await press(desk, desk.getByRole("checkbox"), "Space");
  await press(desk, desk.getByRole("button", { name: "Propose an agenda" }));
  await expect(desk.getByRole("heading", { level: 1 })).toContainText("Agenda");
  const titles = desk.locator("main .nhsuk-card h2");
  const first = await titles.first().innerText();
  await press(desk, desk.getByRole("button", { name: /^Move down/ }).first());
  await expect(titles.nth(1)).toHaveText(first.replace(/^1/, "2"));
  await press(desk, desk.getByRole("link", { name: "Back to the workshop" }));
  await press(desk, desk.locator("#next"));
  const code = desk.locator(".app-join-code").first();
  await code.waitFor();

  const phone = await somebody(null, { viewport: { width: 360, height: 740 } });
  await join(phone, (await code.innerText()).trim());
  await upTo(desk, "Open the vote");

  // A vote arrives while the focus is on a control that has no name of its own.
  const people = desk.getByRole("link", { name: "People and devices" });
  await tabTo(desk, people);
  const before = await scrolled(desk);
  await vote(phone, 3);
  await expect(desk.getByText("13 of 13 have voted")).toBeVisible();
  await expect(people).toBeFocused();
  expect(await scrolled(desk), "scrolled by a vote").toBe(before);

  // And while something is typed.
  const notes = desk.getByLabel("Your notes");
  await tabTo(desk, notes);
  await desk.keyboard.type("Ask the quiet side first");
  const typing = await scrolled(desk);
  await vote(phone, 1);
  await phone.getByText("Parking lot").click();
  await phone.getByLabel("Something to come back to").fill("Who pays?");
  await phone.locator("#park-it").click();
  await expect(desk.getByText("Who pays?").first()).toBeVisible();
  await expect(notes).toBeFocused();
  await expect(notes).toHaveValue("Ask the quiet side first");
  expect(await scrolled(desk), "scrolled by what was parked").toBe(typing);
  await press(desk, desk.locator("#keep-notes"));
  await expect(desk.getByRole("status").filter({ hasText: "Your notes are kept." })).toBeVisible();
  expect.soft(await id(desk), "focus after the notes").toBe("keep-notes");

  await tabTo(desk, desk.locator("#next"), "Shift+Tab");
  await upTo(desk, "Open the second vote");
  await vote(phone, 2);
  await upTo(desk, "Show what has moved");
  await tabTo(desk, desk.locator("#agree"));
  await desk.keyboard.press("Enter");
  const summary = desk.locator(".nhsuk-error-summary");
  await expect(summary).toContainText("Select the level that the board agrees on");
  await press(desk, summary.getByRole("link").first());
  await expect(desk.getByRole("radio").first()).toBeFocused();
  await desk.keyboard.press("Space");
  await desk.keyboard.press("ArrowDown");
  await desk.keyboard.press("ArrowDown");
  await tabTo(desk, desk.getByLabel("Why", { exact: true }));
  await desk.keyboard.type("We looked at it together");
  await tabTo(desk, desk.getByLabel("What those say who do not agree"));
  await desk.keyboard.type("It is early");
  await press(desk, desk.locator("#agree"));
  await expect(phone.getByText("Agreed: level 3.")).toBeVisible();
  await expect(phone.getByText("Not everybody agrees: It is early")).toBeVisible();
  expect.soft(await id(desk), "focus after the agreed level").toBe("agree");

  await tabTo(desk, desk.locator("#next"), "Shift+Tab");
  await upTo(desk, "Show: Three to five actions");
  await tabTo(desk, desk.getByLabel("What will be done?"));
  await desk.keyboard.type("Ask patients twice a year");
  await tabTo(desk, desk.getByLabel("Name of somebody"));
  await desk.keyboard.type("Jo Bloggs");
  for (const [name, value] of [["Day", "3"], ["Month", "3"], ["Year", "2099"]]) {
    await tabTo(desk, desk.getByRole("group", { name: "By when?" }).getByLabel(name));
    await desk.keyboard.type(value);
  }
  await press(desk, desk.locator("#add-action"));
  await expect(phone.getByText("Ask patients twice a year")).toBeVisible();

  await tabTo(desk, desk.locator("#next"), "Shift+Tab");
  await next(desk);
  await press(desk, desk.getByRole("link", { name: "End the session" }).first());
  await press(desk, desk.getByRole("button", { name: "End the session" }));
  await expect(desk.getByRole("heading", { level: 1 })).toContainText("Record of the workshop");
});
