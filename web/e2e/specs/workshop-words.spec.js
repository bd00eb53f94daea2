// What somebody typed in a session outlives whatever happens beside it: a refusal,
// the session going on, and somebody else who writes in the same place.

import { test, expect, refused } from "../support/test.js";
import { join, lobby, prepared, upTo } from "../support/workshop.js";

// park puts something in the parking lot from a phone, which changes every page of
// the session, and waits until it shows on another.
async function park(phone, words, elsewhere) {
  await phone.getByLabel("Something to come back to").fill(words);
  await phone.locator("#park-it").click();
  await expect(phone.locator("#park-it")).toBeFocused();
  await expect(elsewhere.getByText(words).first()).toBeAttached();
}

test("what is refused stays as it was typed", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422, 409));
  const desk = await somebody("facilitator");
  const code = await lobby(desk, await prepared(desk, ground.trust, { rehearsal: "yes" }));
  const phone = await somebody(null, { viewport: { width: 360, height: 740 } });
  await join(phone, code);
  await phone.getByText("Parking lot").click();

  const what = desk.getByLabel("What will be done?");
  await desk.locator("details:has(#action-what) > summary").click();
  await what.fill("Ask patients twice a year");
  await desk.locator("#add-action").click();
  await expect(desk.locator(".nhsuk-error-summary")).toContainText("Select who sees to it, or type a name");
  for (const words of ["Who pays for it?", "Who cleans it?"]) {
    await park(phone, words, desk);
    await expect(what).toHaveValue("Ask patients twice a year");
    await expect(what).toBeVisible();
    await expect(desk.locator(".nhsuk-error-message").first()).toBeVisible();
  }
  await desk.getByLabel("Name of somebody").fill("Jo Bloggs");
  for (const [name, value] of [["Day", "3"], ["Month", "3"], ["Year", "2099"]]) {
    await desk.getByRole("group", { name: "By when?" }).getByLabel(name).fill(value);
  }
  await desk.locator("#add-action").click();
  await expect(desk.getByRole("status").filter({ hasText: "The action is kept." })).toBeVisible();
  await expect(what).toHaveValue("");
  await expect(desk.locator("#add-action")).toBeFocused();
  await expect(desk.locator(".nhsuk-error-message")).toHaveCount(0);

  const long = "Too long ".repeat(40).trim();
  const field = phone.getByLabel("Something to come back to");
  await field.evaluate((box) => box.removeAttribute("maxlength"));
  await field.fill(long);
  await phone.locator("#park-it").click();
  await expect(phone.locator(".nhsuk-error-summary")).toContainText("Write up to 200 characters.");
  await upTo(desk, "Show");
  await expect(phone.locator(".nhsuk-error-summary")).toBeVisible();
  await expect(field).toHaveValue(long);
});

test("what is typed after a form was sent is still there when it is answered", async ({ somebody, ground }) => {
  const desk = await somebody("facilitator");
  const code = await lobby(desk, await prepared(desk, ground.trust, { rehearsal: "yes" }));
  const phone = await somebody(null, { viewport: { width: 360, height: 740 } });
  await join(phone, code);
  await phone.getByText("Parking lot").click();
  const field = phone.getByLabel("Something to come back to");
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await phone.route("**/park", async (route) => {
    await held;
    await route.continue();
  });
  const sent = phone.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/park"));
  await field.fill("Who pays for it?");
  await phone.locator("#park-it").click();
  await sent;
  await field.fill("Who cleans it?");
  answer();
  await expect(desk.getByText("Who pays for it?").first()).toBeAttached();
  await expect(phone.getByText("Who pays for it? (0 votes)")).toBeVisible();
  await expect(field).toHaveValue("Who cleans it?");
  await expect(field).toBeFocused();
  await phone.locator("#park-it").click();
  await expect(phone.getByText("Who cleans it? (0 votes)")).toBeVisible();
  await expect(field).toHaveValue("");
});

test("of two who write notes, neither takes the other’s away", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(409));
  const desk = await somebody("facilitator");
  const path = await prepared(desk, ground.trust, { rehearsal: "yes" });
  await lobby(desk, path);
  await upTo(desk, "Show");
  const other = await somebody("cio");
  await other.goto(path);
  const [mine, theirs] = [desk.getByLabel("Your notes"), other.getByLabel("Your notes")];
  const hash = () => desk.locator("#part-notes").getAttribute("data-hash");
  await mine.fill("Ask the quiet side first");
  const before = await hash();
  await theirs.fill("Mind the time");
  await other.locator("#keep-notes").click();
  await expect(other.getByRole("status").filter({ hasText: "Your notes are kept." })).toBeVisible();
  await other.locator("#more-time").click(); // tells every page of the session
  await expect.poll(hash).not.toBe(before);
  await expect(mine).toHaveValue("Ask the quiet side first");
  await desk.locator("#keep-notes").click();
  await expect(desk.locator(".nhsuk-error-summary")).toContainText("Somebody else has written notes here meanwhile");
  await expect(mine).toHaveValue("Mind the time\n\nAsk the quiet side first");
  await desk.locator("#keep-notes").click();
  await expect(desk.getByRole("status").filter({ hasText: "Your notes are kept." })).toBeVisible();
  await other.reload();
  await expect(theirs).toHaveValue("Mind the time\n\nAsk the quiet side first");
});
