// Scores the pages that matter most with Lighthouse, for `make bench`:
//
//   node web/e2e/lighthouse.mjs bin/octant
//
// It prints a line a page and ends with 1 when a score is below what we ask.
// It is no test, because its performance score depends on the machine's mood.

import { createServer } from "node:net";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromium } from "@playwright/test";
import { executablePath, args } from "./support/chromium.js";
import { cookie, serve } from "./support/demonstration.js";
import { places } from "./support/places.js";

const ASKED = { performance: 95, accessibility: 100 };
const CATEGORIES = ["performance", "accessibility", "best-practices"];

// freePort is a port that Lighthouse can find the browser at.
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// find asks the demonstration where its pages are.
async function find(browser, url) {
  const context = await browser.newContext({ baseURL: url });
  await context.request.post("/demo/sign-in", { form: { person: "cio" } });
  const found = await places(await context.newPage());
  await context.close();
  return [
    ["question", "member-1", `${found.open}/questions/1.1`],
    ["task list", "member-1", `${found.open}/questions`],
    ["report", "cio", `${found.closed}/report`],
  ];
}

async function score(port, url, person, config) {
  const { lhr } = await lighthouse(url, {
    port,
    onlyCategories: CATEGORIES,
    extraHeaders: { Cookie: person },
    logLevel: "error",
  }, config);
  const bytes = lhr.audits["total-byte-weight"].numericValue;
  const scores = CATEGORIES.map((c) => [c, Math.round(lhr.categories[c].score * 100)]);
  return { scores: Object.fromEntries(scores), kilobytes: Math.round(bytes / 1024) };
}

async function main(octant) {
  const site = await serve(octant);
  const port = await freePort();
  const browser = await chromium.launch({ executablePath, args: [...args, `--remote-debugging-port=${port}`] });
  let low = 0;
  try {
    for (const [name, person, path] of await find(browser, site.url)) {
      for (const [screen, config] of [["phone", undefined], ["desktop", desktopConfig]]) {
        const { scores, kilobytes } = await score(port, site.url + path, await cookie(site.url, person), config);
        const words = CATEGORIES.map((c) => `${c} ${scores[c]}`).join(", ");
        console.log(`${name}, ${screen}: ${words}, ${kilobytes} KB`);
        low += Object.entries(ASKED).filter(([c, least]) => scores[c] < least).length;
      }
    }
  } finally {
    await browser.close();
    await site.end();
  }
  if (low > 0) {
    console.error("a score is below performance 95 or accessibility 100");
    process.exitCode = 1;
  }
}

await main(process.argv[2] ?? "bin/octant");
