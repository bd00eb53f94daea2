// The lead makes a round: what it is called, who is asked, and opening it.

import { inDays } from "../support/lead.js";
import { OURS } from "../support/places.js";
import { test, expect, refused } from "../support/test.js";

async function fill(page, title) {
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByRole("radio", { name: /Short form/ }).check();
  for (const [which, days] of [["When you plan to open it", 3], ["When you plan to close it", 30]]) {
    const date = page.getByRole("group", { name: which });
    const on = inDays(days);
    await date.getByLabel("Day").fill(String(on.getUTCDate()));
    await date.getByLabel("Month").fill(String(on.getUTCMonth() + 1));
    await date.getByLabel("Year").fill(String(on.getUTCFullYear()));
  }
}

test("a lead makes a round, asks five people and opens it", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422));
  const page = await somebody("cio");
  await page.goto(ground.trust);
  await page.getByRole("button", { name: "Make a new round" }).click();
  await page.getByRole("button", { name: "Save and choose who is asked" }).click();
  await expect(page.getByRole("alert")).toContainText("Enter a title");
  await fill(page, `Winter ${OURS}`);
  await page.getByRole("button", { name: "Save and choose who is asked" }).click();

  const people = page.getByRole("checkbox");
  for (let i = 0; i < 4; i++) await people.nth(i).check();
  await page.getByRole("button", { name: "Save who is asked" }).click();
  await expect(page.getByText("4 people have been chosen so far")).toBeVisible();
  await expect(page.getByRole("button", { name: "Open it now" })).toHaveCount(0);
  const round = new URL(page.url()).pathname.replace("/manage", "");
  const early = await page.request.post(`${round}/open`, { form: {} });
  expect(early.status()).toBe(422);
  expect(await early.text()).toContain("at least five people");

  await page.getByRole("button", { name: "Choose who is asked" }).click();
  await people.nth(4).check();
  await page.getByRole("button", { name: "Save who is asked" }).click();
  await page.getByRole("button", { name: /^Open it by itself on .* at 8am$/ }).click();
  await expect(page.getByText(/The round opens by itself on/)).toBeVisible();
  await page.getByRole("button", { name: "Do not open it by itself" }).click();
  await page.getByRole("button", { name: "Open it now" }).click();
  await expect(page.getByText("The round is open")).toBeVisible();
  await expect(page.getByText(/The round closes by itself at the end of/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "0 of 5 have answered" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Still to finish" })).toBeVisible();
});

test("a day that there is not is refused with the day kept", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422));
  const page = await somebody("cio");
  await page.goto(`${ground.trust}/rounds/new`);
  await fill(page, "Spring 2027");
  const opens = page.getByRole("group", { name: "When you plan to open it" });
  await opens.getByLabel("Day").fill("31");
  await opens.getByLabel("Month").fill("2");
  await page.getByRole("button", { name: "Save and choose who is asked" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no such day");
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Spring 2027");
  await expect(opens.getByLabel("Day")).toHaveValue("31");
});
