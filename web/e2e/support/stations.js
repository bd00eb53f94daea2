// Every page there is, as the people who see it see it, with and without
// errors. A page that is not in this list is a page that nobody checks.

import { draft, opened, close } from "./lead.js";
import { choose, comment, goOn } from "./question.js";

const press = (name) => (page) => page.getByRole("button", { name, exact: true }).click();

// at is a page that an address alone leads to.
const at = (name, who, path, status = 200) => ({ name, who, path, status, lead: path.length > 1 });

// after is a page that a form on another one leads to. Where the lead has a hand
// in it, path or act takes the lead's page too.
const after = (name, who, path, act, status) => ({ name, who, path, act, status, lead: path.length > 1 || act.length > 1 });

const open = (rest) => (p) => p.open + rest;
const closed = (rest) => (p) => p.closed + rest;
const ofDraft = (rest) => async (p, lead) => (await draft(lead, p.trust)) + rest;

async function askForCode(page) {
  await page.getByLabel("Your email address").fill(`nobody-${Math.random()}@octant.example`);
  await press("Email me a code")(page);
  await page.waitForURL(/\/sign-in\/code$/);
}

// The two below need a question that changes under the person's hands.
async function goStale(page) {
  const second = await page.context().newPage();
  await second.goto(page.url());
  const place = await choose(second);
  await goOn(second);
  await second.waitForURL(/questions\/1\.2/);
  await second.close();
  await choose(page, place);
  await goOn(page);
}

async function goClosed(page, lead) {
  await page.getByRole("radio").first().check();
  await close(lead, new URL(page.url()).pathname.replace(/\/questions.*/, ""));
  await goOn(page);
}

const ofRoundOfItsOwn = (rest) => async (p, lead) => (await opened(lead, p.trust)) + rest;

export const stations = [
  at("front page", null, () => "/"),
  at("demonstration", null, () => "/demo"),
  at("sign in", null, () => "/sign-in"),
  at("sign in, on the way to a page", null, () => "/sign-in?to=/sessions"),
  after("sign in, no address", null, () => "/sign-in", press("Email me a code"), 422),
  after("sign in, code", null, () => "/sign-in", askForCode, 200),
  after("sign in, wrong code", null, () => "/sign-in", async (page) => {
    await askForCode(page);
    await page.getByLabel("Code", { exact: true }).fill("123456");
    await press("Sign in")(page);
  }, 422),
  at("sessions", "member-2", () => "/sessions"),
  at("method", null, () => "/method"),
  at("privacy", null, () => "/privacy"),
  at("accessibility", null, () => "/accessibility"),
  at("page not found", null, () => "/nowhere", 404),
  at("home, answers asked for", "member-1", () => "/"),
  at("home, nothing waits", "member-2", () => "/"),
  at("home, lead", "cio", () => "/"),
  at("home, regional", "regional", () => "/"),
  at("home, administrator", "admin", () => "/"),
  at("trust, member", "member-2", (p) => p.trust),
  at("trust, lead", "cio", (p) => p.trust),
  at("trust, stranger", "admin", (p) => p.trust, 404),
  at("start, nothing answered", "member-1", open("")),
  at("start, submitted", "member-2", open("")),
  at("start, closed", "member-2", closed("")),
  at("tasks, nothing answered", "member-1", open("/questions")),
  at("tasks, saved for later", "member-1", open("/questions?saved=1")),
  at("tasks, submitted", "member-2", open("/questions")),
  at("tasks, closed", "member-2", closed("/questions")),
  at("question, not answered", "member-1", open("/questions/1.1")),
  at("question, answered", "member-2", open("/questions/1.1")),
  at("question, closed", "member-2", closed("/questions/1.1")),
  at("question that is not asked", "member-2", open("/questions/9.9"), 404),
  after("question, no choice", "member-1", open("/questions/1.1"), goOn, 422),
  after("question, comment too long", "member-4", open("/questions/1.1"), async (page) => {
    await comment(page, "a".repeat(2001));
    await goOn(page);
  }, 422),
  after("question, two tabs", "member-5", open("/questions/1.1"), goStale, 409),
  after("question, closed meanwhile", "member-6", ofRoundOfItsOwn("/questions/1.1"), goClosed, 409),
  at("check, nothing answered", "member-1", open("/answers")),
  at("check, submitted", "member-2", open("/answers")),
  at("check, closed", "member-2", closed("/answers")),
  after("check, questions left", "member-1", open("/answers"), press("Submit your answers"), 422),
  at("submitted", "member-2", open("/sent")),
  at("own answers beside the board's", "member-2", closed("/mine")),
  at("report, newest", "member-2", closed("/report")),
  at("report, oldest", "cio", (p) => `${p.oldest}/report`),
  at("round, open", "cio", open("/manage")),
  at("round, closed", "cio", closed("/manage")),
  at("round, draft", "cio", ofDraft("/manage")),
  at("round, member", "member-9", open("/manage"), 403),
  at("round, new", "cio", (p) => `${p.trust}/rounds/new`),
  after("round, new, empty", "cio", (p) => `${p.trust}/rounds/new`, press("Save and choose who is asked"), 422),
  at("round, edit", "cio", ofDraft("/edit")),
  after("round, edit, no title", "cio", ofDraft("/edit"), async (page) => {
    await page.getByLabel("Title", { exact: true }).fill("");
    await press("Save changes")(page);
  }, 422),
  at("people, draft", "cio", ofDraft("/people")),
  at("people, open", "cio", open("/people")),
  after("people, nobody", "cio", ofDraft("/people"), press("Save who is asked"), 422),
  at("close", "cio", open("/close")),
  after("close, not confirmed", "cio", open("/close"), press("Close the round"), 422),
];
