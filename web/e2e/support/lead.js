// Rounds that a test needs for itself, made by the lead as the pages make them
// but without walking through them.

import { OURS } from "./places.js";

// inDays is the day so many days from now.
export const inDays = (days) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);

function date(name, day) {
  return { [`${name}-day`]: String(day.getUTCDate()), [`${name}-month`]: String(day.getUTCMonth() + 1), [`${name}-year`]: String(day.getUTCFullYear()) };
}

// fillDate types a day into the fields of a group.
export async function fillDate(page, group, day) {
  const fields = page.getByRole("group", { name: group });
  await fields.getByLabel("Day").fill(String(day.getUTCDate()));
  await fields.getByLabel("Month").fill(String(day.getUTCMonth() + 1));
  await fields.getByLabel("Year").fill(String(day.getUTCFullYear()));
}

const round = { form: "core", ...date("opens", inDays(3)), ...date("closes", inDays(30)) };

async function post(page, path, form) {
  const response = await page.request.post(path, {
    data: new URLSearchParams(form).toString(), headers: { "Content-Type": "application/x-www-form-urlencoded" }, maxRedirects: 0,
  });
  if (response.status() !== 303) throw new Error(`posting to ${path} answers ${response.status()}`);
  return response.headers().location;
}

// draft makes a round with nobody in it and answers its address.
export async function draft(lead, trust, title = `A round ${OURS}`) {
  const on = await post(lead, `${trust}/rounds`, { title, ...round });
  return on.replace(/\/people.*/, "");
}

// asking makes a round in which everybody is asked and that is not open.
export async function asking(lead, trust, title) {
  const path = await draft(lead, trust, title);
  const page = await (await lead.request.get(`${path}/people`)).text();
  const people = new URLSearchParams();
  for (const [, id] of page.matchAll(/<input[^>]* name="person"[^>]* value="([0-9a-f-]{36})"/g)) people.append("person", id);
  await post(lead, `${path}/people`, people);
  return path;
}

// opened makes a round in which everybody is asked, and opens it.
export async function opened(lead, trust, title) {
  const path = await asking(lead, trust, title);
  await post(lead, `${path}/open`, {});
  return path;
}

// close closes a round.
export async function close(lead, path) {
  await post(lead, `${path}/close`, { confirm: "yes" });
}
