// A workshop that a test needs for itself: made, begun and moved on by the pages'
// own forms.

import { OURS } from "./places.js";

// prepared makes a workshop without a round and answers its address.
export async function prepared(desk, trust, more = {}) {
  const form = new URLSearchParams({ title: `A workshop ${OURS}`, round: "none", length: "short", ...more });
  const made = await desk.request.post(`${trust}/workshops`, {
    data: form.toString(), headers: { "Content-Type": "application/x-www-form-urlencoded" }, maxRedirects: 0,
  });
  if (made.status() !== 303) throw new Error(`making a workshop answers ${made.status()}`);
  return made.headers().location.replace(/\/agenda.*/, "");
}

// lobby opens the lobby and answers the code that leads into it.
export async function lobby(desk, path) {
  await desk.goto(path);
  await desk.getByRole("button", { name: "Open the lobby" }).click();
  const code = desk.locator(".app-join-code").first();
  await code.waitFor();
  return (await code.innerText()).trim();
}

// join takes a device into a session.
export async function join(page, code, as = "I vote") {
  await page.goto("/join");
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("radio", { name: as }).first().check();
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.waitForURL(`**/join/${code}`);
}

// next presses the one button that comes next by its key, and answers what it
// said.
export async function next(desk) {
  const button = desk.locator("#next");
  const words = (await button.innerText()).trim();
  await button.focus();
  await desk.keyboard.press("Enter");
  await desk.waitForFunction((was) => document.querySelector("#next")?.textContent.trim() !== was, words);
  return words;
}

// upTo goes on until the button that begins with these words has been pressed.
export async function upTo(desk, words) {
  for (let i = 0; i < 40; i++) if ((await next(desk)).startsWith(words)) return;
  throw new Error(`there is never a button ${words}`);
}

// vote sends a device's vote, and waits until it is acknowledged.
export async function vote(page, place) {
  await page.getByRole("radio").nth(place).check();
  await page.locator("#send-vote").click();
  await page.getByText("Your vote is in. You can change it until voting closes.").waitFor();
}
