// Finds the browser: the one CHROMIUM names, or an installed one. Run by itself
// it says which, or in one line what to do.

import { accessSync, constants } from "node:fs";
import { pathToFileURL } from "node:url";

const PLACES = [
  "/usr/lib/chromium/chromium",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium-headless-shell",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function runs(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const places = process.env.CHROMIUM ? [process.env.CHROMIUM] : PLACES;

// executablePath is undefined when there is no browser.
export const executablePath = places.find(runs);

// args turn Chromium's sandbox off for root, for whom it does not work.
export const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (executablePath) {
    console.log(executablePath);
  } else {
    console.error(`no Chromium at ${places.join(", ")}: \`make test\` installs one, or set CHROMIUM to yours`);
    process.exitCode = 1;
  }
}
