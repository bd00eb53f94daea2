// The report to those who do not see it as we drew it: in their own colours, on
// paper, on a phone, as tables and as files.

import { createHash } from "node:crypto";
import { test, expect } from "../support/test.js";

async function report(somebody, ground, options) {
  const page = await somebody("cio", options);
  await page.goto(`${ground.closed}/report`);
  return page;
}

// drawn lists the words of every drawing with their contrast to what they stand
// on. Axe does not look inside a drawing.
function drawn() {
  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parse(colour).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parse(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll(".app-chart svg[role=img]")]
    .filter((svg) => svg.checkVisibility())
    .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) => {
      const [a, b] = [light(getComputedStyle(text).fill), light(paper(svg))].sort((x, y) => y - x);
      return { words: text.textContent.trim(), onBar: !!text.closest("[data-on]"), contrast: (a + 0.05) / (b + 0.05) };
    }));
}

for (const [what, media] of [
  ["forced colours, light", { forcedColors: "active", colorScheme: "light" }],
  ["forced colours, dark", { forcedColors: "active", colorScheme: "dark" }],
]) {
  test(`the words in every drawing can be read in ${what}`, async ({ somebody, ground }) => {
    const page = await report(somebody, ground, media);
    const words = await page.evaluate(drawn);
    expect(words.length).toBeGreaterThan(20);
    // Counts inside a bar stand on the bar, whatever the paper is.
    const outside = words.filter((w) => !/^\d+$/.test(w.words));
    expect(outside.filter((w) => w.contrast < 4.5)).toEqual([]);
  });
}

test("on paper every table is open and nothing is left that only a screen can use", async ({ somebody, ground }) => {
  const page = await report(somebody, ground);
  const tables = page.locator(".app-chart details table");
  expect(await tables.count()).toBeGreaterThan(5);
  await expect(tables.first()).toBeHidden();
  await page.emulateMedia({ media: "print" });
  for (const table of await tables.all()) await expect.soft(table).toBeVisible();
  for (const gone of [".nhsuk-breadcrumb", ".nhsuk-footer", ".nhsuk-header__account", ".app-chart summary"]) {
    for (const part of await page.locator(gone).all()) await expect.soft(part, gone).toBeHidden();
  }
  expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
});

test("a phone gets the dots without the radar", async ({ somebody, ground }) => {
  const page = await report(somebody, ground);
  const radar = page.locator(".app-chart__radar").first();
  const dots = page.locator(".app-chart__dots").first();
  await expect(radar).toBeVisible();
  await expect(dots).toBeVisible();
  await page.setViewportSize({ width: 320, height: 640 });
  await expect(radar).toBeHidden();
  await expect(dots).toBeVisible();
});

test("every chart has a finding, a description, a table and a file", async ({ somebody, ground }) => {
  const page = await report(somebody, ground);
  const charts = await page.locator("figure.app-chart").all();
  expect(charts.length).toBeGreaterThan(7);
  for (const chart of charts) {
    const id = await chart.getAttribute("id");
    await expect.soft(chart.locator("figcaption").first(), id).not.toBeEmpty();
    await expect.soft(chart.locator("table"), id).not.toHaveCount(0);
    for (const drawing of await chart.locator("svg[role=img]").all()) {
      await expect.soft(drawing.locator("title"), id).not.toBeEmpty();
      await expect.soft(drawing.locator("desc"), id).not.toBeEmpty();
    }
    const file = await chart.locator('a[href$=".csv"]').first().getAttribute("href");
    const response = await page.request.get(file);
    expect.soft(response.status(), file).toBe(200);
    expect.soft(response.headers()["content-type"], file).toContain("text/csv");
  }
});

test("the digest shown is that of the frozen document", async ({ somebody, ground }) => {
  const page = await report(somebody, ground);
  const document = await (await page.request.get(`${ground.closed}/report.json`)).body();
  const digest = createHash("sha256").update(document).digest("hex");
  await expect(page.getByRole("main")).toContainText(digest);
});
