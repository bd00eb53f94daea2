// What is one's own: a person takes away all that is held on them, deletes a
// draft and begins again; and what people wrote stays nobody's, while the lead
// hides what names somebody. With script and without.

import { readFile } from "node:fs/promises";
import { opened } from "../support/lead.js";
import { choose, comment, goOn } from "../support/question.js";
import { test, expect, refused } from "../support/test.js";

for (const [what, options, key] of [
  ["with script", {}, "member-10"],
  ["without script", { javaScriptEnabled: false }, "member-11"],
]) {
  test(`a person takes their data away, deletes a draft and begins again, ${what}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(409));
    const round = await opened(await somebody("cio"), ground.trust);
    const page = await somebody(key, options);
    await page.goto(`${round}/questions/1.1`);
    await choose(page);
    await comment(page, `Words of ${key}`);
    await goOn(page);
    await expect(page.getByText("Question 2 of")).toBeVisible();

    await page.goto("/");
    await page.getByRole("link", { name: "What is held about you" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("What is held about you");
    const arriving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download all of it as a file" }).click();
    const file = await arriving;
    expect(file.suggestedFilename()).toBe("my-data-in-octant.json");
    const held = JSON.parse(await readFile(await file.path(), "utf8"));
    const answers = held.trusts.flatMap((t) => t.rounds).find((r) => round.endsWith(r.id)).answers;
    expect(answers.map((a) => a.comment)).toEqual([`Words of ${key}`]);

    const tab = await page.context().newPage();
    await tab.goto(`${round}/questions/1.1`);
    await page.goto(`${round}/questions`);
    await page.getByRole("link", { name: "Delete your draft" }).click();
    await expect(page.getByText("You have answered 1 question and not submitted.")).toBeVisible();
    await page.getByRole("button", { name: "Delete my draft" }).click();
    await expect(page.getByText("Your draft is deleted.")).toBeVisible();
    await expect(page.getByText("0 of 24 answered")).toBeVisible();

    await goOn(tab); // open since before: it must not bring the draft back
    const gone = tab.getByText("You deleted your draft"); // with script, what was not changed is not sent at all
    await expect(gone.or(tab.getByText("Question 2 of")).first()).toBeVisible();
    await page.goto(`${round}/questions/1.1`);
    for (const radio of await page.getByRole("radio").all()) await expect(radio).not.toBeChecked();
    await choose(page);
    await goOn(page);
    await expect(page.getByText("Question 2 of")).toBeVisible();
    await page.goto(`${round}/questions`);
    await expect(page.getByText("1 of 24 answered")).toBeVisible();
  });
}

test("the lead hides a comment with script and shows it again without", async ({ somebody, ground }) => {
  const words = (page) => page.locator("main li[id^=comment-]");
  const lead = await somebody("cio");
  await lead.goto(`${ground.closed}/report`);
  await lead.getByRole("link", { name: "Read what people wrote" }).click();
  await expect(words(lead).first()).toBeVisible();
  const all = await words(lead).count();
  const first = await words(lead).first().getAttribute("id");
  await lead.locator(`#${first}`).getByRole("button", { name: /^Hide/ }).click();
  await expect(lead.getByText("It is hidden.")).toBeVisible();

  const other = await somebody("facilitator");
  await other.goto(`${ground.closed}/comments`);
  await expect(other.getByText("The trust lead has hidden 1 comment or note.")).toBeVisible();
  await expect(words(other)).toHaveCount(all - 1);
  await expect(other.locator(`#${first}`)).toHaveCount(0);
  await expect(other.getByRole("main").getByRole("button")).toHaveCount(0);

  const plain = await somebody("cio", { javaScriptEnabled: false });
  await plain.goto(`${ground.closed}/comments`);
  await plain.locator(`#${first}`).getByRole("button", { name: /^Show again/ }).click();
  await expect(plain.getByText("It is shown again.")).toBeVisible();
  await other.reload();
  await expect(words(other)).toHaveCount(all);
});
