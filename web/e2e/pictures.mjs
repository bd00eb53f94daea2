// Takes a picture of every page, narrow and wide, for people to look at:
//
//   node web/e2e/pictures.mjs bin/octant FOLDER [PART OF A PAGE'S NAME]
//
// A test sees that a page is correct; only a person sees that it is good.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { executablePath, args } from "./support/chromium.js";
import { serve } from "./support/demonstration.js";
import { places } from "./support/places.js";
import { stations } from "./support/stations.js";

const SCREENS = [
  { name: "wide", viewport: { width: 1280, height: 900 } },
  { name: "narrow", viewport: { width: 320, height: 640 } },
];

async function person(browser, url, key, viewport) {
  const context = await browser.newContext({ baseURL: url, viewport, locale: "en-GB" });
  if (key) await context.request.post("/demo/sign-in", { form: { person: key } });
  return context.newPage();
}

async function picture(browser, url, station, screen, folder) {
  const lead = await person(browser, url, "cio", screen.viewport);
  const page = await person(browser, url, station.who, screen.viewport);
  await page.goto(await station.path(await places(lead), lead, page));
  if (station.act) {
    await station.act(page, lead);
    await page.waitForLoadState("networkidle");
  }
  const file = `${station.name.replace(/\W+/g, "-")}.${screen.name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
  await lead.context().close();
  await page.context().close();
}

async function main(octant, folder, part = "") {
  if (!octant || !folder) throw new Error("usage: node pictures.mjs OCTANT FOLDER [PART OF A NAME]");
  await mkdir(folder, { recursive: true });
  const site = await serve(octant);
  const browser = await chromium.launch({ executablePath, args });
  try {
    for (const station of stations.filter((s) => s.name.includes(part))) {
      for (const screen of SCREENS) await picture(browser, site.url, station, screen, folder);
    }
  } finally {
    await browser.close();
    await site.end();
  }
}

await main(...process.argv.slice(2));
