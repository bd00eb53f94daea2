// How people who are not signed in get into a round: the links that letters
// carry and the codes that are printed.

import { opened } from "./lead.js";

// personalLink is the address that a letter of the demonstration leads to: the
// newest one about a round, by its title, to somebody whose link still works.
// With a name it is theirs.
export async function personalLink(page, title, name = "") {
  await page.goto("/demo/letters");
  const items = page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  const letters = await items.locator('a[href^="/demo/letters/"]').evaluateAll((found) => found.map((a) => a.getAttribute("href")));
  for (const letter of letters) {
    await page.goto(letter);
    const main = page.getByRole("main");
    if (!(await main.innerText()).includes(`‘${title}’`)) continue;
    const link = main.locator('a[href*="/invitations/"]').first();
    if ((await link.count()) === 0) continue;
    const address = new URL(await link.getAttribute("href"), page.url()).pathname;
    if ((await page.request.get(address)).ok()) return address;
  }
  throw new Error("no letter has a link that works");
}

// printedCode is the code on the first person's letter in a round.
export async function printedCode(lead, round) {
  await lead.goto(`${round}/code-letters`);
  await lead.getByRole("checkbox").first().check();
  await lead.getByRole("button", { name: "Show the letters" }).click();
  return (await lead.locator(".app-paper__code").first().innerText()).trim();
}

// onPaper opens a round in which some answer on paper, and answers its address.
export async function onPaper(lead, trust, people) {
  const round = await opened(lead, trust);
  await lead.goto(`${round}/paper`);
  for (let i = 0; i < people; i++) await lead.getByRole("checkbox").nth(i).check();
  await lead.getByRole("button", { name: "Save who answers on paper" }).click();
  return round;
}

// keying is the address of the form of a sheet of such a round.
export async function keying(lead, trust) {
  const round = await onPaper(lead, trust, 2);
  await lead.getByRole("button", { name: /^Show .* to print$/ }).click();
  const code = (await lead.locator(".app-paper__code").first().innerText()).trim();
  await lead.goto(`${round}/paper`);
  await lead.getByLabel("Code of the sheet").fill(code);
  await lead.getByRole("button", { name: "Key in this sheet" }).click();
  await lead.waitForURL(/\/paper\/[0-9a-f-]{36}$/);
  return new URL(lead.url()).pathname;
}
