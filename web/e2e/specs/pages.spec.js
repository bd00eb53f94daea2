// Every page, with and without errors: what it answers, that axe finds nothing,
// that it fits a screen of 320 pixels. Its HTML is kept for the validator, and
// the watch that every test has sees to console, content security and requests
// to other places.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test, expect, places, refused, sideways } from "../support/test.js";
import { stations } from "../support/stations.js";

// The conformance rules alone: the design system's own markup breaks one that
// is mere advice.
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let found;

async function faults(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

// keep saves the page as it was sent, before any script changed it.
async function keep(name, response) {
  const folder = process.env.OCTANT_PAGES;
  if (folder) await writeFile(join(folder, `${name.replace(/\W+/g, "-")}.html`), await response.text());
}

// arrive goes to the page and answers what was sent.
async function arrive(station, page, lead) {
  const response = await page.goto(await station.path(found, lead));
  if (!station.act) return response;
  const answered = page.waitForResponse((r) =>
    r.request().isNavigationRequest() && r.frame() === page.mainFrame() && r.status() === station.status);
  await station.act(page, lead);
  await answered;
  await page.waitForLoadState();
  return answered;
}

for (const station of stations) {
  test(station.name, async ({ somebody, watch }) => {
    if (station.status !== 200) watch.tolerate(refused(station.status));
    const lead = found && !station.lead ? undefined : await somebody("cio");
    found ??= await places(lead);
    const page = await somebody(station.who);
    const response = await arrive(station, page, lead);
    expect(response.status()).toBe(station.status);
    await keep(station.name, response);

    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    const wrong = station.status === 422 || station.name.includes("two tabs");
    await expect(page).toHaveTitle(wrong ? /^Error: .* – Octant$/ : /^(?!Error: ).* – Octant$/);
    expect.soft(await faults(page), "axe, wide").toEqual([]);

    await page.setViewportSize({ width: 320, height: 640 });
    expect.soft(await sideways(page), "wider than 320 pixels by").toBe(0);
    // Only what can scroll by itself is another thing on a narrow screen.
    if ((await page.locator("table").count()) > 0) expect.soft(await faults(page), "axe, narrow").toEqual([]);
  });
}
