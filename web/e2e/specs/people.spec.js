// The lead and the trust's people: a list that is not all sound, roles granted
// and ended, and what each person may see. Nobody who is here before is changed.

import { test, expect, refused } from "../support/test.js";

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

// list is six people, three of whom have something wrong. Each walk has a family
// of its own, so that none meets the people of another.
const list = (family, separator) => [
  ["Name", "Email", "Board role", "Side", "Phone"],
  [`Ada ${family}`, `ada@${family}.example`, "Chief nurse", "exec", "1"],
  [`Bo ${family}`, "bo@", "Chief finance officer", "exec", ""],
  [`Cy ${family}`, `cy@${family}.example`, "Governor", "", ""],
  ["", `di@${family}.example`, "Chair", "ned", ""],
  [`Ed ${family}`, "", "Non-executive director", "", ""],
  [`${family}, Fay`, `Fay <FAY@${family}.example>`, "Chief people officer", "Executive", ""],
].map((row) => row.map((cell) => (cell.includes(separator) ? `"${cell}"` : cell)).join(separator)).join("\r\n");

// mend puts two of the three right and leaves the third out.
async function mend(page, family) {
  await expect(page.getByRole("heading", { name: "3 lines to mend" })).toBeVisible();
  await page.locator("#line-3").getByLabel("Email address").fill(`bo@${family}.example`);
  await page.locator("#line-4").getByLabel("Side").selectOption("Non-executive");
  await page.locator("#line-5").getByLabel("Leave line 5 out").check();
  await press(page, "Check again");
  await expect(page.getByRole("alert")).toHaveCount(0);
}

async function refusedLines(page) {
  await expect(page).toHaveTitle(/^Error: /);
  const summary = page.getByRole("alert");
  for (const fault of [/^Line 3: Enter an e-?mail address/, /^Line 4: Select a side/, /^Line 5: Enter a name/]) {
    await expect(summary.getByRole("link", { name: fault })).toBeVisible();
  }
  await expect(page.getByText(/columns were left out.*Phone/)).toBeVisible();
  await expect(page.getByRole("table", { name: "3 lines ready" })).toBeVisible();
}

// onTheList says that everybody of a family is among the people, each once.
async function onTheList(page, family, names) {
  for (const name of names) await expect(page.getByRole("link", { name: `${name} ${family}`, exact: true })).toHaveCount(1);
  await expect(page.getByRole("link", { name: family })).toHaveCount(names.length);
}

test("a pasted list is mended and then added whole", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422));
  const page = await somebody("cio");
  await page.goto(ground.trust);
  await page.getByRole("link", { name: "People and their roles" }).click();
  await press(page, "Add a list of board members");
  await press(page, "Check the list");
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByLabel("Paste a list").fill(list("ashdown", "\t"));
  await press(page, "Check the list");
  await refusedLines(page);
  await page.getByRole("link", { name: /^Line 3: / }).click();
  await expect(page.locator("#line-3").getByLabel("Email address")).toBeFocused();
  await mend(page, "ashdown");
  await expect(page.getByRole("table", { name: "5 lines ready" })).toBeVisible();
  await press(page, "Add 5 people");
  await expect(page.getByText("5 people were added.")).toBeVisible();
  await onTheList(page, "ashdown", ["Ada", "Bo", "Cy", "Ed", "Fay"]);
});

test("an uploaded list: what is sound is added at once, the rest once it is mended, without script", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(422));
  const page = await somebody("secretary", { javaScriptEnabled: false });
  await page.goto(`${ground.trust}/people/add`);
  const buffer = Buffer.from(`\ufeff${list("birchall", ";")}`);
  await page.getByLabel("Or upload a file").setInputFiles({ name: "board.csv", mimeType: "text/csv", buffer });
  await press(page, "Check the list");
  await refusedLines(page);
  await press(page, "Add 3 people");
  await expect(page.getByText("3 people were added.")).toBeVisible();
  await mend(page, "birchall");
  await press(page, "Add 2 people");
  await expect(page.getByText("2 people were added.")).toBeVisible();
  await onTheList(page, "birchall", ["Ada", "Bo", "Cy", "Ed", "Fay"]);
});

// stands is the row of a role on somebody's page.
const stands = (page, role) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: role }) });

for (const [how, options, name] of [
  ["with script", {}, "Gil Corrigan"],
  ["without script", { javaScriptEnabled: false }, "Hal Dunmore"],
]) {
  test(`a lead adds one person, grants them a role and ends it, ${how}`, async ({ somebody, ground, watch }) => {
    watch.tolerate(refused(422));
    const page = await somebody("secretary", options);
    await page.goto(`${ground.trust}/people`);
    await press(page, "Add one person");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await press(page, "Add this person");
    await expect(page.getByRole("alert")).toContainText("Select a side");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
    await page.getByLabel(/^E-?mail address/).fill(`${name.split(" ")[0]}@dunmore.example`);
    await page.getByLabel("Board role").fill("Chief pharmacist");
    await page.getByRole("radio", { name: "Executive", exact: true }).check();
    await press(page, "Add this person");
    await expect(page.getByText(`${name} has been added.`)).toBeVisible();

    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByText("Chief pharmacist")).toBeVisible();
    await press(page, "Grant roles");
    await page.getByLabel("Facilitator").check();
    await press(page, "Grant");
    await expect(page.getByText("Granted: facilitator.")).toBeVisible();
    await expect(stands(page, "Facilitator")).toContainText("Now");

    await press(page, "End roles");
    await press(page, "End these roles");
    await expect(page.getByRole("alert")).toContainText("Select at least one role");
    await page.getByLabel("Facilitator").check();
    await page.getByLabel("Now", { exact: true }).check();
    await press(page, "End these roles");
    await expect(stands(page, "Facilitator")).toContainText("Ended");
    await expect(stands(page, "Board member")).toContainText("Now");
  });
}

test("everybody reads who can see what, as far as it is about them", async ({ somebody, ground }) => {
  const value = (page, key) => page.locator(".nhsuk-summary-list__row").filter({ has: page.getByText(key, { exact: true }) });
  const leads = /Priya Raman/;
  for (const [key, says] of [["cio", "You are a trust lead"], ["member-3", "You are a board member"], ["regional", "You are a regional viewer"]]) {
    const page = await somebody(key);
    await page.goto(ground.trust);
    await page.getByRole("link", { name: "Who can see what" }).click();
    await expect(page.getByRole("main")).toContainText(says);
    await expect(value(page, "Your answers")).toContainText("You alone");
    await expect(value(page, "Your answers")).not.toContainText(leads);
    await expect(value(page, "Whether you have finished")).toContainText(leads);
    await expect(value(page, "The record of what was done")).toContainText(leads);
  }
});
