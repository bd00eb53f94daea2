// How the walks are taken. `go test ./web/e2e` serves a site for each project;
// by hand, with a demonstration running:
//
//   OCTANT_URL=http://127.0.0.1:8080 npx playwright test --project=pages

import { defineConfig } from "@playwright/test";
import { executablePath, args } from "./support/chromium.js";

const sites = JSON.parse(process.env.OCTANT_SITES ?? "{}");

function project(name, testMatch, use = {}) {
  return { name, testMatch, use: { baseURL: sites[name] ?? process.env.OCTANT_URL, ...use } };
}

export default defineConfig({
  testDir: "specs",
  outputDir: "results",
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: true,
  // Bounds for a busy machine; nothing here measures speed.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    launchOptions: { executablePath, args },
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 900 },
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    screenshot: "only-on-failure",
  },
  // The long walks come first, so that the short ones fill the gaps.
  projects: [
    project("keyboard", "keyboard.spec.js"),
    project("script", "journey.spec.js"),
    project("plain", "journey.spec.js", { javaScriptEnabled: false }),
    project("narrow", "journey.spec.js", { viewport: { width: 320, height: 640 } }),
    project("answering", [
      "answering.spec.js", "rounds.spec.js", "doors.spec.js", "sign-in.spec.js", "own-data.spec.js", "workshop.spec.js", "workshop-keys.spec.js", "workshop-people.spec.js", "workshop-words.spec.js",
      "people.spec.js", "invitations.spec.js", "clock.spec.js", "audit.spec.js", "oidc.spec.js",
    ]),
    project("outage", "outage.spec.js"),
    project("pages", ["workshop-states.spec.js", "pages.spec.js", "report.spec.js", "transfer.spec.js"]),
  ],
});
