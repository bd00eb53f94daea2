// What the lead does about a round's time: it opens by itself, closes later,
// gives one person longer and lets another be; and what became of its letters.
// With script and without.

import { asking, fillDate, inDays } from "../support/lead.js";
import { test, expect, refused } from "../support/test.js";

const press = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" }).click();

// day is a day as pages write it.
const day = (days) => inDays(days).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

for (const [how, options] of [["with script", {}], ["without script", { javaScriptEnabled: false }]]) {
  test(`a round is put under the clock, put off, and people get time, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422));
    const page = await somebody("secretary", options);
    const round = await asking(page, ground.trust);
    await page.goto(`${round}/manage`);
    await press(page, /^Open it by itself on .* at 8am$/);
    await expect(page.getByText("The round will open by itself.")).toBeVisible();
    await press(page, "Do not open it by itself");
    await press(page, "Open it now");

    await press(page, "Put off the closing day");
    await fillDate(page, "New last day to answer", inDays(29));
    await press(page, "Save the new day");
    await expect(page.getByRole("alert")).toContainText(`The new day must be after ${day(30)}`);
    await fillDate(page, "New last day to answer", inDays(35));
    await press(page, "Save the new day");
    await expect(page.getByText(`The round closes by itself at the end of ${day(35)}.`)).toBeVisible();

    const person = page.locator(".nhsuk-summary-list__row").filter({ hasText: "Harjit Sandhu" });
    const change = page.getByRole("link", { name: /^Change ?the time that Harjit Sandhu has$/ });
    await change.click();
    await fillDate(page, "Last day for this person", inDays(70));
    await press(page, "Give more time");
    await expect(page.getByRole("alert")).toContainText("The new day must be no later than");
    await fillDate(page, "Last day for this person", inDays(40));
    await press(page, "Give more time");
    await expect(person).toContainText(`Has until ${day(40)}`);
    await change.click();
    await press(page, "Take back the extra time");
    await expect(person).not.toContainText("Has until");
    await change.click();
    await press(page, "Mark as away");
    await expect(person).toContainText("Away: gets no reminders");
    await change.click();
    await press(page, "Mark as back");
    await expect(person).not.toContainText("Away");
  });

  test(`a letter is sent again, once, ${how}`, async ({ somebody, ground }) => {
    const page = await somebody("secretary", options);
    await page.goto(`${ground.closed}/manage`);
    await page.getByRole("link", { name: "See who got which letter" }).click();
    await expect(page.getByText("No mail server is set up, so letters wait.")).toBeVisible();
    const button = page.getByRole("button", { name: /^Send again to / }).first();
    const name = (await button.getAttribute("aria-label")).replace("Send again to ", "");
    await button.click();
    await expect(page.getByText("The letter is on its way again.")).toBeVisible();
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
    await expect(row).toContainText("Waiting to be sent");
    await expect(row.getByRole("button")).toHaveCount(0);
    await page.goto("/demo/letters");
    const letter = page.getByRole("listitem").filter({ hasText: `To ${name}` }).getByRole("link", { name: /^The report on / });
    await letter.first().click();
    await expect(page.getByRole("link", { name: /\/report$/ })).toBeVisible();
  });
}
