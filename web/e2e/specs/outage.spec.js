// The database goes away and comes back while somebody answers.

import { request } from "@playwright/test";
import { test, expect, refused } from "../support/test.js";
import { choose, comment, goOn } from "../support/question.js";

// The walks share one door, so that they are taken one after the other.
test.describe.configure({ mode: "serial" });

async function door(what) {
  const client = await request.newContext();
  const response = await client.post(`${process.env.OCTANT_DOOR}/${what}`);
  expect(response.ok()).toBe(true);
  await client.dispose();
}

async function question(somebody, ground, key, options) {
  const page = await somebody(key, options);
  await page.goto(`${ground.open}/questions/1.1`);
  return page;
}

test.afterEach(() => door("open"));

test("with script the answer is kept once the database is back", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(503));
  const page = await question(somebody, ground, "member-2");
  await door("shut");
  await comment(page, "Typed in the dark");
  const place = await choose(page);
  const status = page.locator("[data-octant-status]");
  await expect(status).toContainText("Not saved");
  await door("open");
  await expect(status).toHaveText(/^Saved at /, { timeout: 20_000 });
  await page.reload();
  await expect(page.getByRole("radio").nth(place)).toBeChecked();
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed in the dark");
});

test("without script the page gives the words back, to be sent again", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(503));
  const page = await question(somebody, ground, "member-3", { javaScriptEnabled: false });
  const address = page.url();
  await comment(page, "Typed in the dark");
  const place = await choose(page);
  await door("shut");
  await goOn(page);
  await expect(page.getByRole("main")).toContainText("Answers already saved are safe");
  await expect(page.getByRole("main")).toContainText("Reference:");
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed in the dark");
  await door("open");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText("Question 2 of")).toBeVisible();
  await page.goto(address);
  await expect(page.getByRole("radio").nth(place)).toBeChecked();
  await expect(page.getByLabel("Your comment")).toHaveValue("Typed in the dark");
});
