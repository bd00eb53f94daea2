// Every page, with and without errors: what it answers, that axe finds nothing,
// that it fits a screen of 320 pixels. Its HTML is kept for the validator, and
// the watch that every test has sees to console, content security and requests
// to other places.

import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test, expect, refused, sideways } from "../support/test.js";
import { stations } from "../support/stations.js";

// The conformance rules alone: the design system's own markup breaks one that
// is mere advice.
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// A choice that opens more of the form says so, which the design system does
// although a radio button is not meant to.
const official = (rule, node) => rule === "aria-allowed-attr" && /<input[^>]*type="radio"[^>]*aria-expanded/.test(node.html);

// Colours are the same at every width, and to compare them takes most of the
// time.
async function faults(page, without = []) {
  const axe = new AxeBuilder({ page }).withTags(RULES).disableRules(without).setLegacyMode();
  const { violations } = await axe.analyze();
  return violations.flatMap((v) => v.nodes.filter((n) => !official(v.id, n)).map((n) => `${v.id}: ${v.help}: ${n.target.join(" ")}`));
}

// keep saves the page as it was sent, before any script changed it.
async function keep(name, response) {
  const folder = process.env.OCTANT_PAGES;
  if (folder) await writeFile(join(folder, `${name.replace(/\W+/g, "-")}.html`), await response.text());
}

// note says whose address was looked at, so that a page that nobody looks at is
// found.
async function note(response) {
  const { OCTANT_SEEN: list } = process.env;
  if (list && response.request().method() === "GET") await appendFile(list, `${new URL(response.url()).pathname}\n`);
}

// arrive goes to the page and answers what was sent.
async function arrive(station, ground, page, lead) {
  const response = await page.goto(await station.path(ground, lead, page));
  if (!station.act) return response;
  const answered = page.waitForResponse((r) =>
    r.request().isNavigationRequest() && r.frame() === page.mainFrame() && r.status() === station.status);
  await station.act(page, lead);
  await answered;
  await page.waitForLoadState();
  return answered;
}

for (const station of stations) {
  test(station.name, async ({ somebody, ground, watch }) => {
    if (station.status !== 200) watch.tolerate(refused(station.status));
    const lead = station.lead ? await somebody("cio") : undefined;
    const page = await somebody(station.who);
    const response = await arrive(station, ground, page, lead);
    expect(response.status()).toBe(station.status);
    await keep(station.name, response);
    await note(response);

    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    const wrong = station.status === 422 || station.name.includes("two tabs");
    await expect(page).toHaveTitle(wrong ? /^Error: .* – Octant$/ : /^(?!Error: ).* – Octant$/);
    expect.soft(await faults(page), "axe, wide").toEqual([]);

    await page.setViewportSize({ width: 320, height: 640 });
    expect.soft(await sideways(page), "wider than 320 pixels by").toBe(0);
    // Only what can scroll by itself is another thing on a narrow screen.
    if ((await page.locator("table").count()) > 0) expect.soft(await faults(page, ["color-contrast"]), "axe, narrow").toEqual([]);
  });
}

// What a screen reader is told of a question, in the order in which it comes.
test("a question reads in order", async ({ somebody, ground }) => {
  const page = await somebody("member-9");
  await page.goto(`${ground.open}/questions/1.1`);
  await expect(page.locator("main form")).toMatchAriaSnapshot(`
    - group "Seeing what is changing – Question 1 of 24 How does the board keep up with the ways technology is changing care?":
      - heading /Question 1 of 24/ [level=1]
      - radio
      - radio
      - radio
      - radio
      - radio
      - radio "I do not know"
      - radio "Rather not say"
    - group: /comment/
    - group: Note what could show this
    - status
    - button "Continue"
    - button "Save and come back later"
  `);
});
