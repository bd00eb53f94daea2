// The pages of workshops that stand still, each of a workshop of its own. Those
// that follow a session are walked through in workshop-states.spec.js.

import { after, at, press } from "./station.js";
import { join, lobby, prepared, upTo } from "./workshop.js";

const ofWorkshop = (rest) => async (p, lead) => (await prepared(lead, p.trust)) + rest;

const running = (rest) => async (p, lead) => {
  const path = await prepared(lead, p.trust);
  await lobby(lead, path);
  return path + rest;
};

const voting = (rest) => async (p, lead) => {
  const path = await running(rest)(p, lead);
  await upTo(lead, "Open the vote");
  return path;
};

const ended = (rest) => async (p, lead) => {
  const path = await prepared(lead, p.trust);
  await lobby(lead, path);
  await lead.goto(`${path}/end`);
  await press("End the session")(lead);
  await lead.waitForURL(/\/record$/);
  return path + rest;
};

const agreedOn = async (p, lead) => {
  await running("")(p, lead);
  await upTo(lead, "Show: Three to five actions");
  await lead.getByLabel("What will be done?").fill("Ask patients twice a year");
  await lead.getByLabel("Name of somebody").fill("Jo Bloggs");
  for (const [name, value] of [["Day", "3"], ["Month", "3"], ["Year", "2099"]]) await lead.getByRole("group", { name: "By when?" }).getByLabel(name).fill(value);
  await lead.locator("#add-action").click();
  await lead.getByText("Ask patients twice a year").first().waitFor();
  await lead.goto(`${p.trust}/actions`);
  return lead.locator('main a[href*="/actions/"]').first().getAttribute("href");
};

const joined = async (p, lead, page) => {
  const code = await lobby(lead, await prepared(lead, p.trust));
  await join(page, code);
  return `/join/${code}`;
};

// withDevice is a page of a session in which one device is.
const withDevice = (rest) => async (p, lead, page) => {
  const path = await prepared(lead, p.trust);
  await join(await page.context().newPage(), await lobby(lead, path));
  return path + rest;
};

// takenOut is the page of a device that was taken out.
const takenOut = async (p, lead, page) => {
  const path = await prepared(lead, p.trust);
  const code = await lobby(lead, path);
  await join(page, code);
  await lead.goto(`${path}/devices`);
  await lead.getByRole("button", { name: "Take out Device 1" }).click();
  await lead.waitForURL(/removed=1$/);
  return `/join/${code}`;
};

// held is the record of the demonstration's workshop.
const held = async (p, lead) => {
  await lead.goto(`${p.trust}/workshops`);
  return `${await lead.getByRole("link", { name: /^Read the record.*Board workshop on/ }).getAttribute("href")}/record`;
};

const faulty = (name, act) => after(`workshop, console, ${name}`, "cio", voting(""), async (page) => {
  await page.evaluate(() => document.querySelectorAll("form").forEach((form) => (form.dataset.liveForm = "leave")));
  await act(page);
}, 422);

export const workshopStations = [
  at("home, facilitator", "facilitator", () => "/"),
  at("workshops, lead", "cio", (p) => `${p.trust}/workshops`),
  at("workshops, member", "member-3", (p) => `${p.trust}/workshops`),
  at("workshops, one prepared", "facilitator", () => "/trusts/R9M/workshops"),
  at("workshop, new", "cio", (p) => `${p.trust}/workshops/new`),
  after("workshop, new, no title", "cio", (p) => `${p.trust}/workshops/new`, press("Propose an agenda"), 422),
  at("workshop, prepared", "cio", ofWorkshop("")),
  at("workshop, member", "member-3", ofWorkshop(""), 403),
  at("workshop, agenda", "cio", ofWorkshop("/agenda")),
  at("workshop, item to add", "cio", ofWorkshop("/agenda/add")),
  after("workshop, nothing to add", "cio", ofWorkshop("/agenda/add"), press("Add it to the agenda"), 422),
  after("workshop, item to change", "cio", ofWorkshop("/agenda"), (page) => page.getByRole("link", { name: /^Change, or write notes/ }).first().click(), 200),
  at("workshop, brief", "cio", async (p, lead) => {
    const round = p.closed.split("/").at(-1);
    return `${await prepared(lead, p.trust, { round })}/brief`;
  }),
  at("workshop, brief without a round", "cio", ofWorkshop("/brief")),
  at("workshop, kit", "cio", ofWorkshop("/kit")),
  faulty("no reason", async (page) => {
    await page.getByText("Start this vote again").first().click();
    await page.locator("#restart").click();
  }),
  faulty("empty action", async (page) => {
    await page.getByText("Add an action").click();
    await page.locator("#add-action").click();
  }),
  at("workshop, devices, nobody", "cio", ofWorkshop("/devices")),
  at("workshop, devices", "cio", withDevice("/devices")),
  after("workshop, devices, no number", "cio", withDevice("/devices"), async (page) => {
    await page.getByLabel("How many people can vote in the room?").fill("all");
    await press("Save")(page);
  }, 422),
  at("workshop, cards", "cio", voting("/tally")),
  after("workshop, no cards", "cio", voting("/tally"), press("Keep these votes"), 422),
  at("workshop, to end", "cio", running("/end")),
  at("workshop, record of nothing", "cio", ended("/record")),
  at("workshop, record", "cio", held),
  at("workshop, record, member", "member-3", held),
  at("actions", "cio", (p) => `${p.trust}/actions`),
  at("action", "cio", agreedOn),
  at("agreed levels", "member-3", (p) => `${p.closed}/agreed`),
  at("agreed levels, none", "member-3", (p) => `${p.oldest}/agreed`),
  at("session to join", null, () => "/join"),
  at("session to join, member", "member-3", () => "/join"),
  after("session to join, no code", null, () => "/join", press("Join"), 422),
  at("session, phone", null, joined),
  at("session, phone taken out", null, takenOut),
];
