// The main job from end to end: the last board member answers, the lead closes
// the round, the board reads its report. The same walk is taken with script,
// without it, and on a screen 320 pixels wide.

import { readFile } from "node:fs/promises";
import { test, expect, sideways, role } from "../support/test.js";

const QUESTIONS = 24;
const REMARK = "We hear it twice:\nonce late, once too late.";
const PROOF = "Minutes of the March seminar";

// The answers given, by place in the list of seven. Each is used, "I do not
// know" and "Rather not say" too.
const place = (number) => (number * 3) % 7;

// stay fails when a page is wider than a narrow screen. Wider screens have room.
async function stay(page) {
  if (page.viewportSize().width < 400) expect(await sideways(page), `sideways at ${page.url()}`).toBe(0);
}

async function signInByHand(page, key) {
  await page.goto("/");
  await stay(page);
  await page.getByRole("button", { name: "Look around the demonstration" }).click();
  await stay(page);
  await role(page, key).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await stay(page);
}

async function expectQuestion(page, number) {
  await expect(page.getByText(`Question ${number} of ${QUESTIONS}`)).toBeVisible();
}

async function answer(page, number) {
  await expectQuestion(page, number);
  await stay(page);
  await page.getByRole("radio").nth(place(number)).check();
}

const goOn = (page) => page.getByRole("button", { name: "Continue", exact: true }).click();

async function write(page) {
  await page.getByText("Add a comment").click();
  await page.getByLabel("Your comment").fill(REMARK);
  await page.getByText("Note what could show this").click();
  await page.getByLabel("What could show this?").fill(PROOF);
}

// startRound goes from the home page into the round and checks that the start
// page says what a person should know before the first answer.
async function startRound(page) {
  await page.getByRole("main").locator('a[href*="/rounds/"]').first().click();
  await stay(page);
  const main = page.getByRole("main");
  for (const promise of ["Why you are asked", "Who sees what", "What is kept and when it goes", "Freedom of Information", "minutes"]) {
    await expect(main).toContainText(promise);
  }
}

// leaveAndComeBack saves for later after a question, and goes on at the next.
async function leaveAndComeBack(page, number) {
  await page.getByRole("button", { name: "Save and come back later" }).click();
  await expect(page.getByRole("heading", { name: "Saved", exact: true })).toBeVisible();
  await expect(page.getByText(`${number} of ${QUESTIONS} answered`, { exact: true })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ has: page.locator(".nhsuk-task-list__status") })).toHaveCount(9);
  await stay(page);
  await page.goto("/");
  await startRoundAgain(page);
}

async function startRoundAgain(page) {
  await page.getByRole("main").locator('a[href*="/rounds/"]').first().click();
  await page.getByRole("button", { name: "Continue" }).first().click();
}

async function answerAll(page, somebody) {
  for (let number = 1; number <= QUESTIONS; number++) {
    await answer(page, number);
    if (number === 2) await backAndForth(page);
    if (number === 3) await write(page);
    if (number === 6) {
      await leaveAndComeBack(page, number);
    } else if (number === 12) {
      await goOn(page);
      await expectQuestion(page, number + 1);
      page = await onAnotherDevice(page, somebody);
    } else {
      await goOn(page);
    }
  }
  return page;
}

// backAndForth looks at the first answer from the second question; it is there.
async function backAndForth(page) {
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await expectQuestion(page, 1);
  await expect(page.getByRole("radio").nth(place(1))).toBeChecked();
  await expect(page.locator("[data-octant-status]")).toHaveText(/^Saved at \d\d:\d\d$/);
  await goOn(page);
  await answer(page, 2);
}

async function onAnotherDevice(page, somebody) {
  const other = await somebody("member-1");
  await other.goto("/");
  await startRoundAgain(other);
  await expectQuestion(other, 13);
  await page.context().close();
  return other;
}

// lookBack puts two elements where they were at the last round, and leaves out
// the others.
async function lookBack(page) {
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Looking back");
  const rows = page.getByRole("group").filter({ has: page.getByRole("radio") });
  await expect(rows).toHaveCount(8);
  await rows.nth(0).getByLabel("Starting", { exact: true }).check();
  await rows.nth(7).getByLabel("I do not know", { exact: true }).check();
  await stay(page);
  await goOn(page);
}

async function checkAndSubmit(page) {
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Check your answers");
  await expect(page.getByText("You have answered every question")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("once late, once too late.");
  await expect(page.getByRole("main")).toContainText(PROOF);
  await stay(page);
  await page.getByRole("link", { name: "Change your answer" }).nth(3).click();
  await expectQuestion(page, 4);
  const words = await page.locator("label.nhsuk-radios__label").first().textContent();
  await page.getByRole("radio").first().check();
  await goOn(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Check your answers");
  await expect(page.locator(".nhsuk-summary-list__row").nth(3)).toContainText(words.trim());
  await page.getByRole("button", { name: "Submit your answers" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("You have submitted your answers");
  await stay(page);
}

async function download(page) {
  const arriving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download your answers" }).click();
  const text = await readFile(await (await arriving).path(), "utf8");
  expect(text.match(/^\d\.\d,/gm), "one line a question").toHaveLength(QUESTIONS);
  expect(text).toMatch(/^back\.1,.*,Starting,/m);
  expect(text).toContain("once late, once too late.");
  expect(text).toContain("I do not know");
}

async function closeRound(page) {
  await page.getByRole("main").locator('a[href^="/trusts/"]:not([href*="/rounds/"], [href*="/workshops"])').first().click();
  await stay(page);
  const open = page.locator(".nhsuk-card").filter({ has: page.locator(".nhsuk-tag", { hasText: "Open" }) });
  await open.getByRole("link", { name: "See how it stands" }).click();
  await expect(page.getByRole("heading", { name: "14 of 14 have answered" })).toBeVisible();
  await expect(page.getByText("Everybody who was asked has submitted")).toBeVisible();
  await stay(page);
  await page.getByRole("button", { name: "Close the round" }).click();
  await stay(page);
  await page.getByLabel("I understand that this cannot be undone").check();
  await page.getByRole("button", { name: "Close the round" }).click();
  await expect(page.getByText("The round is closed and its report is ready")).toBeVisible();
  await page.getByRole("link", { name: "Read the report" }).click();
}

async function readReport(page) {
  const main = page.getByRole("main");
  await expect(main).toContainText("14 of 14");
  await expect(main.locator("figure.app-chart").first()).toBeVisible();
  await expect(main).toContainText("as judged now");
  await expect(main).toContainText(/[0-9a-f]{64}/); // the digest of what was frozen
  await expect(main).not.toContainText("once too late");
  await expect(main).not.toContainText(PROOF);
  await stay(page);
}

async function readOwn(page, round) {
  await page.goto(`${round}/report`);
  await readReport(page);
  await page.goto(`${round}/mine`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("I do not know");
  await stay(page);
}

test("the last member answers, the lead closes, the board reads", async ({ somebody, javaScriptEnabled }) => {
  let page = await somebody();
  await signInByHand(page, "member-1");
  await startRound(page);
  const round = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Start" }).first().click();
  if (javaScriptEnabled !== false) {
    await answer(page, 1);
    await expect(page.locator("[data-octant-status]")).toHaveText(/^Saved at \d\d:\d\d$/);
  }
  page = await answerAll(page, somebody);
  await lookBack(page);
  await checkAndSubmit(page);
  await download(page);

  const lead = await somebody();
  await signInByHand(lead, "cio");
  await closeRound(lead);
  await readReport(lead);
  await readOwn(page, round);
});
