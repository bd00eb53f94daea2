// Every page there is, as the people who see it see it, with and without
// errors. A page that is not in this list is a page that nobody checks.

import { asking, close, draft, inDays, fillDate, opened } from "./lead.js";
import { keying, onPaper, personalLink } from "./invitations.js";
import { OURS } from "./places.js";
import { after, at, press } from "./station.js";
import { workshopStations } from "./workshop-stations.js";
import { startProvider } from "./provider.js";
import { choose, comment, goOn } from "./question.js";

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

// lookBackTwice has two windows look back on one element in two ways.
async function lookBackTwice(page) {
  const second = await page.context().newPage();
  await second.goto(page.url());
  const place = await choose(second);
  await goOn(second);
  await second.waitForURL(/\/answers$/);
  await second.close();
  await choose(page, place);
  await goOn(page);
}

async function lookBackLate(page, lead) {
  await close(lead, new URL(page.url()).pathname.replace("/looking-back", ""));
  await page.getByRole("radio").first().check();
  await goOn(page);
}

async function goClosed(page, lead) {
  await page.getByRole("radio").first().check();
  await close(lead, new URL(page.url()).pathname.replace(/\/questions.*/, ""));
  await goOn(page);
}

// begun is another page of a round of its own, to somebody who has begun to
// answer.
const begun = (rest) => async (p, lead, page) => {
  const round = await opened(lead, p.trust);
  await page.goto(`${round}/questions/1.1`);
  await choose(page);
  await goOn(page);
  await page.waitForURL(/questions\/1\.2/);
  return round + rest;
};

const ofRoundOfItsOwn = (rest) => async (p, lead) => (await opened(lead, p.trust)) + rest;

// invited is a personal link to somebody in a round of its own.
const invited = async (p, lead) => {
  const title = `By link ${OURS}, ${Math.random()}`;
  await opened(lead, p.trust, title);
  return personalLink(lead, title);
};

// ofPerson is a page about one of the trust's people.
const ofPerson = (rest) => async (p, lead) => {
  await lead.goto(`${p.trust}/people`);
  return (await lead.getByRole("link", { name: "Lucille Okonjo" }).getAttribute("href")) + rest;
};

// moreTime is the page of one person who is asked in a round of its own.
const moreTime = async (p, lead) => {
  await lead.goto(`${await opened(lead, p.trust)}/manage`);
  return lead.locator('main a[href*="/asked/"]').first().getAttribute("href");
};

// setUp has a trust sign in at a provider, which has to answer only meanwhile.
async function setUp(page) {
  const provider = await startProvider(page.url());
  await provider.register(page, "station.example");
  await page.waitForURL(/done=saved$/);
  provider.end();
}

const type = (label, text, button) => async (page) => {
  await page.getByLabel(label, { exact: true }).fill(text);
  await press(button)(page);
};

const SOUND = "Ada Sparrow, ada@sparrow.example, Chief nurse, executive\nBo Sparrow, , Chair, non-executive";
const FAULTY = `${SOUND}\nCy Sparrow, cy@, Governor`;

// sendTrusts sends a file of trusts with a new name, a new trust and a line that
// cannot be taken.
async function sendTrusts(page) {
  const line = (code, name) =>
    [code, name, "Y60", "QZX", "", "", "", "TOWN", "", "AB1 2CD", "20010401", ...Array(16).fill("")].map((x) => `"${x}"`).join(",");
  const lines = [line("R9A", "HARROWMERE AND VALE NHS FOUNDATION TRUST"), line("R9Z", "ZEAL VALLEY NHS TRUST"), line("R9", "BROKEN")];
  await page.getByLabel("File of trusts", { exact: true }).setInputFiles({
    name: "etr.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")),
  });
  await press("See what would change")(page);
  await page.waitForURL(/\/admin\/register\/[0-9a-f-]{36}$/);
}

export const stations = [
  ...workshopStations,
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
  at("personal link", null, invited),
  at("personal link, somebody else signed in", "secretary", invited),
  at("personal link that leads nowhere", null, () => "/invitations/nonsense", 404),
  at("code of a letter", null, () => "/sign-in/letter"),
  after("code of a letter, wrong", null, () => "/sign-in/letter", async (page) => {
    await page.getByLabel("Type the code on your letter").fill("R9A-2222-2222-2222");
    await press("Continue")(page);
  }, 422),
  at("links of a round", "cio", ofRoundOfItsOwn("/links")),
  at("links of a closed round", "cio", closed("/links")),
  at("code letters", "cio", ofRoundOfItsOwn("/code-letters")),
  after("code letters, nobody", "cio", ofRoundOfItsOwn("/code-letters"), press("Show the letters"), 422),
  after("code letters, to print", "cio", ofRoundOfItsOwn("/code-letters"), async (page) => {
    await page.getByRole("checkbox").first().check();
    await page.getByRole("checkbox").nth(1).check();
    await press("Show the letters")(page);
  }, 200),
  at("paper, nobody", "cio", ofRoundOfItsOwn("/paper")),
  at("paper, one person", "cio", async (p, lead) => `${await onPaper(lead, p.trust, 1)}/paper`),
  after("paper, no code", "cio", ofRoundOfItsOwn("/paper"), press("Key in this sheet"), 422),
  after("paper, to print", "cio", async (p, lead) => `${await onPaper(lead, p.trust, 2)}/paper`, press("Show 2 sheets to print"), 200),
  at("paper, to key in", "cio", (p, lead) => keying(lead, p.trust)),
  after("paper, empty sheet", "cio", (p, lead) => keying(lead, p.trust), press("Save the sheet"), 422),
  after("paper, part of a sheet", "cio", (p, lead) => keying(lead, p.trust), async (page) => {
    await page.getByLabel("3", { exact: true }).first().check();
    await press("Save the sheet")(page);
  }, 422),
  at("paper, closed", "cio", closed("/paper")),
  at("letters, open", "cio", open("/letters")),
  after("letters, sent again", "cio", closed("/letters"), (page) => page.getByRole("button", { name: /^Send again/ }).first().click(), 200),
  at("letters that wait", null, () => "/demo/letters"),
  at("letter that waits", null, async (p, lead) => {
    await lead.goto("/demo/letters");
    return lead.locator('main a[href^="/demo/letters/"]').first().getAttribute("href");
  }),
  at("trust's people", "cio", (p) => `${p.trust}/people`),
  at("trust's people, list to add", "cio", (p) => `${p.trust}/people/add`),
  after("trust's people, empty list", "cio", (p) => `${p.trust}/people/add`, press("Check the list"), 422),
  after("trust's people, sound list", "cio", (p) => `${p.trust}/people/add`, type("Paste a list", SOUND, "Check the list"), 200),
  after("trust's people, faulty list", "cio", (p) => `${p.trust}/people/add`, type("Paste a list", FAULTY, "Check the list"), 422),
  at("trust's people, one to add", "cio", (p) => `${p.trust}/people/add/one`),
  after("trust's people, one without a name", "cio", (p) => `${p.trust}/people/add/one`, press("Add this person"), 422),
  at("person", "cio", ofPerson("")),
  at("person, details", "cio", ofPerson("/edit")),
  after("person, no name", "cio", ofPerson("/edit"), type("Name", "", "Save changes"), 422),
  at("person, roles to grant", "cio", ofPerson("/grant")),
  after("person, no role to grant", "cio", ofPerson("/grant"), press("Grant"), 422),
  at("person, roles to end", "cio", ofPerson("/end")),
  after("person, no role to end", "cio", ofPerson("/end"), press("End these roles"), 422),
  at("who can see what, lead", "cio", (p) => `${p.trust}/access`),
  at("who can see what, member", "member-3", (p) => `${p.trust}/access`),
  at("record", "cio", (p) => `${p.trust}/audit`),
  at("record, one kind", "cio", (p) => `${p.trust}/audit?kind=signing-in`),
  at("data protection", "cio", (p) => `${p.trust}/data-protection`),
  at("impact assessment", "cio", (p) => `${p.trust}/data-protection/assessment`),
  at("record of processing", "cio", (p) => `${p.trust}/data-protection/record`),
  at("sign-in of the trust, lead", "cio", (p) => `${p.trust}/sign-in`),
  at("sign-in of the trust, administrator", "admin", (p) => `${p.trust}/sign-in`),
  after("sign-in of the trust, wrong", "admin", (p) => `${p.trust}/sign-in`, type("Issuer", "http://login.example.org", "Save"), 422),
  after("sign-in of the trust, set up", "admin", () => "/trusts/D3M0X/sign-in", setUp, 200),
  at("sign-in of the trust, refused", null, () => "/sign-in/oidc/callback?code=x&state=y", 403),
  at("administration", "admin", () => "/admin"),
  at("record, administrator", "admin", () => "/admin/audit"),
  at("record, administrator, one kind", "admin", () => "/admin/audit?kind=clearing"),
  at("trust to add", "admin", () => "/admin/trusts/new"),
  after("trust to add, empty", "admin", () => "/admin/trusts/new", press("Add the trust"), 422),
  at("trust, administrator", "admin", (p) => `/admin${p.trust}`),
  after("trust, administrator, no lead named", "admin", (p) => `/admin${p.trust}`, press("Add the lead"), 422),
  after("trust, administrator, last lead", "admin", () => "/admin/trusts/R9M", press("End Colm Brennan’s role as lead"), 422),
  at("person to look up", "admin", () => "/admin/people"),
  after("person to look up, no address", "admin", () => "/admin/people", press("Look up"), 422),
  after("person looked up", "admin", () => "/admin/people", type("Email address", "facilitator@octant.example", "Look up"), 200),
  after("person looked up, nobody", "admin", () => "/admin/people", type("Email address", "nobody@octant.example", "Look up"), 200),
  at("sharing, lead", "cio", (p) => `${p.trust}/sharing`),
  after("sharing, no day", "cio", (p) => `${p.trust}/sharing`, async (page) => {
    await page.getByLabel("Day", { exact: true }).fill("");
    await press("Save")(page);
  }, 422),
  at("sharing, member", "member-3", (p) => `${p.trust}/sharing`, 403),
  at("public summary", null, () => "/public/R9M"),
  at("public summary, none", null, () => "/public/R9A", 404),
  at("beside other trusts, none yet", "member-3", (p) => `${p.trust}/peers`),
  at("circles", "cio", () => "/circles"),
  after("circles, no name", "cio", () => "/circles", press("Make the circle"), 422),
  after("circle, founder", "cio", () => "/circles", (page) => page.getByRole("link", { name: "Trusts of the Marches" }).click(), 200),
  after("circle, no such trust", "cio", () => "/circles", async (page) => {
    await page.getByRole("link", { name: "Trusts of the Marches" }).click();
    await page.getByLabel("ODS code of the trust").fill("ZZZ");
    await press("Invite")(page);
  }, 422),
  at("trust to learn from", "cio", (p) => `${p.trust}/learn`),
  at("trust to learn from, found", "cio", (p) => `${p.trust}/learn?element=1`),
  after("trust to learn from, nothing said", "cio", (p) => `${p.trust}/learn?element=1`, press("Send the request"), 422),
  at("requests for advice, none", "cio", (p) => `${p.trust}/requests`),
  at("compare", "regional", () => "/compare"),
  at("compare, by score", "regional", () => "/compare?order=4"),
  at("compare, none fits", "regional", () => "/compare?type=Specialist"),
  at("compare, no such day", "regional", () => "/compare?at-day=31&at-month=2&at-year=2026", 422),
  at("compare, member", "member-3", () => "/compare", 404),
  at("over time, to choose", "regional", () => "/compare/over-time"),
  at("over time", "regional", () => "/compare/over-time?trust=R9A&trust=R9M"),
  at("over time, one trust", "regional", () => "/compare/over-time?trust=R9A", 422),
  at("benchmarks, administrator", "admin", () => "/admin/benchmarks"),
  after("benchmarks, too few trusts", "admin", () => "/admin/benchmarks", press("Make an edition now"), 422),
  at("benchmark edition, none yet", "cio", () => "/benchmarks/1", 404),
  at("register", "member-2", () => "/register"),
  at("register, search", "member-2", () => "/register?q=east+march"),
  at("register, nothing found", "member-2", () => "/register?q=nowhere"),
  at("trust in the register", "member-2", () => "/register/R9A"),
  at("trust in the register, closed and split", "member-2", () => "/register/R9C"),
  at("register, administrator", "admin", () => "/admin/register"),
  after("register, no file", "admin", () => "/admin/register", press("See what would change"), 422),
  after("register, what would change", "admin", () => "/admin/register", sendTrusts, 200),
  at("trust in the register, to change", "admin", () => "/admin/register/organisations/R9A"),
  after("trust in the register, no type", "admin", () => "/admin/register/organisations/R9A", press("Save the type"), 422),
  after("trust in the register, nobody followed", "admin", () => "/admin/register/organisations/R9A", press("Save who followed whom"), 422),
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
  at("looking back", "member-1", open("/looking-back")),
  at("looking back, answered", "member-2", open("/looking-back")),
  after("looking back, two tabs", "member-5", open("/looking-back"), lookBackTwice, 409),
  after("looking back, closed meanwhile", "member-6", ofRoundOfItsOwn("/looking-back"), lookBackLate, 409),
  at("check, nothing answered", "member-1", open("/answers")),
  at("check, submitted", "member-2", open("/answers")),
  at("check, closed", "member-2", closed("/answers")),
  after("check, questions left", "member-1", open("/answers"), press("Submit your answers"), 422),
  at("submitted", "member-2", open("/sent")),
  at("own answers beside the board's", "member-2", closed("/mine")),
  at("own data", "member-2", () => "/me/data"),
  at("draft, to delete", "member-7", begun("/answers/delete")),
  after("draft, deleted", "member-8", begun("/answers/delete"), press("Delete my draft"), 200),
  at("draft, submitted", "member-2", open("/answers/delete")),
  at("comments, lead", "cio", closed("/comments")),
  at("comments, facilitator", "facilitator", closed("/comments")),
  at("comments, member", "member-3", closed("/comments"), 403),
  at("disclosure view", "cio", closed("/report/disclosure")),
  at("report, newest", "member-2", closed("/report")),
  at("report, oldest", "cio", (p) => `${p.oldest}/report`),
  at("scores over time", "member-2", (p) => `${p.trust}/trend`),
  at("scores over time, lead", "cio", (p) => `${p.trust}/trend`),
  at("scores over time, trusts before", "eastmarch-lead", () => "/trusts/D3M0X/trend"),
  after("scores over time, one round chosen twice", "cio", (p) => `${p.trust}/trend`, async (page) => {
    await page.getByLabel("First round").selectOption({ index: 0 });
    await press("Compare")(page);
  }, 422),
  after("two rounds", "member-2", (p) => `${p.trust}/trend`, async (page) => {
    await press("Compare")(page);
    await page.waitForURL(/\/trend\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/);
  }, 200),
  at("notes on the time line", "cio", (p) => `${p.trust}/trend/notes`),
  after("notes on the time line, empty", "cio", (p) => `${p.trust}/trend/notes`, press("Add this note"), 422),
  at("note on the time line", "cio", async (p, lead) => {
    await lead.goto(`${p.trust}/trend/notes`);
    return lead.locator('main a[href*="/trend/notes/"]').first().getAttribute("href");
  }),
  at("round, open", "cio", open("/manage")),
  at("round, closed", "cio", closed("/manage")),
  at("round, draft", "cio", ofDraft("/manage")),
  at("round, member", "member-9", open("/manage"), 403),
  after("round, under the clock", "cio", async (p, lead) => `${await asking(lead, p.trust)}/manage`, (page) => page.getByRole("button", { name: /^Open it by itself on/ }).click(), 200),
  at("closing day", "cio", ofRoundOfItsOwn("/closing-day")),
  after("closing day, none", "cio", ofRoundOfItsOwn("/closing-day"), press("Save the new day"), 422),
  at("more time", "cio", moreTime),
  after("more time, none", "cio", moreTime, press("Give more time"), 422),
  after("more time, given", "cio", moreTime, async (page) => {
    await fillDate(page, "Last day for this person", inDays(33));
    await press("Give more time")(page);
  }, 200),
  after("away", "cio", moreTime, press("Mark as away"), 200),
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
