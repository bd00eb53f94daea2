// The same job with a keyboard alone: nothing here touches a mouse, and every
// stop has to show where the focus is.

import { press, tabTo } from "../support/keys.js";
import { test, expect, role } from "../support/test.js";

const QUESTIONS = 24;
const button = (page, name) => page.getByRole("button", { name, exact: true }).first();

async function signIn(page, key) {
  await page.goto("/demo");
  await press(page, role(page, key));
  await expect(page).toHaveURL(/\/$/);
}

// choose goes into the group of answers and down it. The keys of a group of
// radios are the arrows.
async function choose(page, place) {
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("Space");
  for (let down = 0; down < place; down++) await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio").nth(place)).toBeChecked();
}

async function write(page, words) {
  await press(page, page.locator("summary").first());
  await tabTo(page, page.getByLabel("Your comment"));
  await page.keyboard.type(words);
}

test("a member answers and the lead closes by keyboard", async ({ somebody }) => {
  const page = await somebody();
  await signIn(page, "member-1");
  await press(page, page.getByRole("main").locator('a[href*="/rounds/"]').first());
  await press(page, button(page, "Start"));
  for (let number = 1; number <= QUESTIONS; number++) {
    await expect(page.getByText(`Question ${number} of ${QUESTIONS}`)).toBeVisible();
    await choose(page, number % 7);
    if (number === 2) await write(page, "Written without a mouse");
    await press(page, button(page, "Continue"));
  }
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Looking back");
  await choose(page, 2);
  await press(page, button(page, "Continue"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Check your answers");
  await expect(page.getByRole("main")).toContainText("Written without a mouse");
  await press(page, button(page, "Submit your answers"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("You have submitted your answers");

  const lead = await somebody();
  await signIn(lead, "cio");
  await press(lead, lead.getByRole("main").locator('a[href^="/trusts/"]:not([href*="/rounds/"], [href*="/workshops"])').first());
  const open = lead.locator(".nhsuk-card").filter({ has: lead.locator(".nhsuk-tag", { hasText: "Open" }) });
  await press(lead, open.getByRole("link", { name: "See how it stands" }));
  await press(lead, button(lead, "Close the round"));
  await press(lead, lead.getByRole("checkbox"), "Space");
  await press(lead, button(lead, "Close the round"));
  await press(lead, lead.getByRole("link", { name: "Read the report" }));
  await expect(lead.locator("figure.app-chart").first()).toBeVisible();
});

test("the skip link leads to the page's own part", async ({ somebody }) => {
  const page = await somebody();
  await page.goto("/method");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("after an error the summary is read first and leads to the field", async ({ somebody, watch }) => {
  watch.tolerate(/status of 422/);
  const page = await somebody("cio");
  await page.goto("/");
  await press(page, page.getByRole("main").locator('a[href^="/trusts/"]').first());
  await press(page, button(page, "Make a new round"));
  await press(page, button(page, "Save and choose who is asked"));
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await press(page, page.getByRole("link", { name: "Enter a title" }));
  await expect(page.getByLabel("Title", { exact: true })).toBeFocused();
});
