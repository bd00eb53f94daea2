// People who are asked and hold no account: by the link in their letter, by the
// code of a printed one, and on paper; with script and without.

import { keying, personalLink, printedCode } from "../support/invitations.js";
import { opened } from "../support/lead.js";
import { OURS } from "../support/places.js";
import { choose, goOn } from "../support/question.js";
import { test, expect, refused } from "../support/test.js";

const HOW = [["with script", {}], ["without script", { javaScriptEnabled: false }]];
const heading = (page) => page.getByRole("heading", { level: 1 });

// knock fetches a link as programs do that look at what letters lead to.
async function knock(page, link) {
  for (let i = 0; i < 5; i++) {
    const response = await page.request.get(link);
    expect(response.status()).toBe(200);
    expect(response.headers()["set-cookie"]).toBeUndefined();
  }
  expect(await page.context().cookies()).toEqual([]);
}

// follow opens a link and presses its button.
async function follow(page, link, name) {
  await page.goto(link);
  await expect(page.getByText(`This is the personal link of ${name}.`)).toBeVisible();
  await page.getByRole("button", { name: `Continue as ${name}` }).click();
  await expect(page.getByText(`${name} (to answer only)`)).toBeVisible();
}

// answerTwo gives the first two answers of a round.
async function answerTwo(page) {
  await page.getByRole("button", { name: "Start" }).click();
  for (const number of [1, 2]) {
    await expect(page.getByText(`Question ${number} of`)).toBeVisible();
    await choose(page);
    await goOn(page);
  }
  await expect(page.getByText("Question 3 of")).toBeVisible();
}

// submit sends what there is and leaves the rest out.
async function submit(page, round) {
  await page.goto(`${round}/answers`);
  await page.getByRole("button", { name: "Submit your answers" }).click();
  await page.getByLabel("Submit with 22 questions left out").check();
  await page.getByRole("button", { name: "Submit your answers" }).click();
  await expect(heading(page)).toContainText("You have submitted your answers");
}

for (const [i, [how, options]] of HOW.entries()) {
  const name = ["Alison Fairweather", "Tomasz Zielak"][i];

  test(`a personal link outlives whatever looks at it, works on two devices and is revoked, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(404, 422));
    const lead = await somebody("cio");
    const title = `By link ${how} ${OURS}`;
    const round = await opened(lead, ground.trust, title);
    const link = await personalLink(lead, title, name);
    const one = await somebody(null, options);
    await knock(one, link);
    await follow(one, link, name);
    await expect(one).toHaveURL(new RegExp(`${round}$`)); // and no token in it
    await answerTwo(one);

    const other = await somebody(null, { ...options, viewport: { width: 768, height: 1024 } });
    await follow(other, link, name);
    await expect(other.getByText("You have answered 2 of 24 questions.")).toBeVisible();
    await other.goto(ground.trust);
    await expect(other.getByRole("link", { name: "People and their roles" })).toHaveCount(0);

    await lead.goto(`${round}/links`);
    const row = lead.getByRole("row").filter({ has: lead.getByRole("rowheader", { name }) });
    await row.getByRole("button", { name: `Revoke the link of ${name}` }).click();
    await expect(lead.getByText("The link has been revoked.")).toBeVisible();
    for (const page of [one, other]) {
      await page.goto(`${round}/questions`);
      await expect(heading(page)).toHaveText("Sign in");
    }
    await one.goto(link);
    await expect(heading(one)).toHaveText("This link does not work");
    await lead.getByRole("button", { name: `New link of ${name}` }).click();
    await expect(row).toContainText("Works");
    await follow(one, await personalLink(lead, title, name), name);
    await submit(one, round);
  });

  test(`the code of a printed letter signs in, however it is typed, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422));
    const lead = await somebody("cio");
    const title = `By letter ${how} ${OURS}`;
    const code = await printedCode(lead, await opened(lead, ground.trust, title));
    const page = await somebody(null, options);
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "type the code on it" }).click();
    const field = page.getByLabel("Type the code on your letter");
    await field.fill(code.slice(0, -1));
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toContainText("This code does not work");
    await expect(field).toHaveValue(code.slice(0, -1));
    await field.fill(` ${code.toLowerCase().replaceAll("-", " ")}`);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(heading(page)).toContainText(title);
    await expect(page.getByText("(to answer only)")).toBeVisible();
  });

  test(`the secretary keys in a sheet and never sees it again, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422));
    const lead = await somebody("secretary", options);
    const form = await keying(lead, ground.trust);
    const questions = lead.getByRole("main").getByRole("group").filter({ has: lead.getByRole("radio") });
    await expect(questions).toHaveCount(24 + 8); // and a look back on each element, which may be left
    for (const question of (await questions.all()).slice(0, 23)) await question.getByRole("radio", { name: "4" }).check();
    await questions.last().getByRole("radio", { name: "2" }).check();
    await lead.locator("summary").first().click();
    await lead.getByLabel("Comment on question 1 (optional)").fill("IN CAPITAL LETTERS");
    await lead.getByRole("button", { name: "Save the sheet" }).click();
    await expect(lead.getByRole("alert")).toContainText("Confirm that the sheet leaves these questions empty, or key them in: question 24");
    await expect(lead.getByRole("radio", { name: "4", checked: true })).toHaveCount(23);
    await expect(questions.last().getByRole("radio", { name: "2", checked: true })).toHaveCount(1);
    await lead.getByLabel("The sheet leaves these questions empty").check();
    await lead.getByRole("button", { name: "Save the sheet" }).click();
    await expect(lead.getByText("The sheet has been saved and counts.")).toBeVisible();
    await lead.goto(form);
    await expect(lead.getByText("this sheet has been keyed in before")).toBeVisible();
    await expect(lead.getByRole("radio", { checked: true })).toHaveCount(0);
    await expect(lead.getByRole("main")).not.toContainText("IN CAPITAL LETTERS");
  });
}
