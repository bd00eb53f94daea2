// Rounds that a test needs for itself, made by the lead as the pages make them
// but without walking through them.

import { OURS } from "./places.js";

// inDays is the day so many days from now.
export const inDays = (days) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);

function date(name, day) {
  return { [`${name}-day`]: String(day.getUTCDate()), [`${name}-month`]: String(day.getUTCMonth() + 1), [`${name}-year`]: String(day.getUTCFullYear()) };
}

const round = { title: `A round ${OURS}`, form: "core", ...date("opens", inDays(3)), ...date("closes", inDays(30)) };

async function post(page, path, form) {
  const response = await page.request.post(path, { form, maxRedirects: 0 });
  if (response.status() !== 303) throw new Error(`posting to ${path} answers ${response.status()}`);
  return response.headers().location;
}

// draft makes a round with nobody in it and answers its address.
export async function draft(lead, trust) {
  const on = await post(lead, `${trust}/rounds`, round);
  return on.replace(/\/people.*/, "");
}

// opened makes a round in which everybody is asked, and opens it.
export async function opened(lead, trust) {
  const path = await draft(lead, trust);
  await lead.goto(`${path}/people`);
  for (const box of await lead.getByRole("checkbox").all()) await box.check();
  await lead.getByRole("button", { name: "Save who is asked" }).click();
  await post(lead, `${path}/open`, {});
  return path;
}

// close closes a round.
export async function close(lead, path) {
  await post(lead, `${path}/close`, { confirm: "yes" });
}
