// What stands on record and on paper about a trust, and what administrators do
// without seeing into one; with script and without.

import { readFile } from "node:fs/promises";
import { test, expect, refused } from "../support/test.js";

const HOW = [["with script", {}], ["without script", { javaScriptEnabled: false }]];
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

// taken is a file that a link leads to.
async function taken(page, link) {
  const arriving = page.waitForEvent("download");
  await link.click();
  const file = await arriving;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

for (const [how, options] of HOW) {
  test(`the lead reads the record, one kind of it, and takes it away, ${how}`, async ({ somebody, ground }) => {
    const page = await somebody("cio", options);
    await page.goto(ground.trust);
    await page.getByRole("link", { name: "Record of what was done" }).click();
    await expect(page.getByText("Checked: no entry on this page was altered")).toBeVisible();
    const entries = page.locator("tbody").getByRole("row");
    await expect(entries.first()).toBeVisible();
    await page.getByLabel("Which entries").selectOption("Rounds made, opened and closed");
    await press(page, "Show");
    await expect(page).toHaveURL(/\?kind=rounds$/);
    for (const said of await entries.allInnerTexts()) expect(said).toContain("round");
    const file = await taken(page, page.getByRole("link", { name: "Download the whole record (CSV)" }));
    expect(file.name).toMatch(/\.csv$/);
    const lines = file.text.trim().split("\r\n");
    expect(lines[0]).toMatch(/^entry,when \(UK\),what,/);
    expect(lines[1]).toMatch(/^1,/);
    await page.getByLabel("Which entries").selectOption("Reports, comments and downloads");
    await press(page, "Show");
    await expect(entries.filter({ hasText: "Priya Raman exported this record" }).first()).toBeVisible();
  });

  test(`the documents for the data protection officer say how this site is set up, ${how}`, async ({ somebody, ground, baseURL }) => {
    const page = await somebody("secretary", options);
    await page.goto(ground.trust);
    await page.getByRole("link", { name: "Data protection documents" }).click();
    await page.getByRole("link", { name: /^Read or print it ?: Data protection impact assessment$/ }).click();
    await expect(page.getByText(`the settings of the Octant at ${new URL(baseURL).origin}`)).toBeVisible();
    await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
    await page.getByRole("link", { name: "Data protection documents" }).last().click();
    const file = await taken(page, page.getByRole("link", { name: /^Download it as text .*: Record of processing$/ }));
    expect(file.name).toMatch(/\.md$/);
    expect(file.text).toMatch(/^# Record of processing/);
  });
}

for (const [i, [how, options]] of HOW.entries()) {
  const code = ["X1Q", "X2Q"][i];

  test(`an administrator adds a trust, changes its leads and does not get in, ${how}`, async ({ somebody, watch }) => {
    watch.tolerate(refused(404, 422));
    const page = await somebody("admin", options);
    await page.goto("/");
    await page.getByRole("link", { name: "Trusts, their leads and administrators" }).click();
    await press(page, "Add a trust");
    await page.getByLabel("ODS code").fill("R9A");
    await page.getByLabel("Name of the trust").fill(`Fernleigh Trust ${i}`);
    await page.getByLabel("Kind of trust").selectOption("Community");
    await page.getByLabel("Lead’s full name").fill("Ivy Lamb");
    await page.getByLabel("Lead’s work email address").fill(`ivy-${i}@fernleigh.example`);
    await press(page, "Add the trust");
    await expect(page.getByRole("alert")).toContainText("There is a trust with this code already");
    await page.getByLabel("ODS code").fill(code.toLowerCase());
    await press(page, "Add the trust");
    await expect(page.getByText("The trust has been added.")).toBeVisible();

    await press(page, "End Ivy Lamb’s role as lead");
    await expect(page.getByRole("alert")).toContainText("a trust is never left without one");
    await page.getByLabel("Lead’s full name").fill("Jon Moor");
    await page.getByLabel("Lead’s work email address").fill(`jon-${i}@fernleigh.example`);
    await press(page, "Add the lead");
    await press(page, "End Ivy Lamb’s role as lead");
    await expect(page.getByText("The lead has been ended.")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Jon Moor" })).toBeVisible();
    expect((await page.goto(`/trusts/${code}`)).status()).toBe(404);
  });

  test(`an administrator finds somebody, makes them an administrator and ends that, ${how}`, async ({ somebody, watch }) => {
    watch.tolerate(refused(422));
    const page = await somebody("admin", options);
    const find = async (email) => {
      await page.goto("/admin/people");
      await page.getByLabel("Email address").fill(email);
      await press(page, "Look up");
    };
    await find("cio");
    await expect(page.getByRole("alert")).toContainText("Enter an email address");
    await find("cio@octant.example");
    await expect(page.getByRole("heading", { name: "Priya Raman" })).toBeVisible();
    await expect(page.getByText(/^Trust lead, from /)).toBeVisible();
    await find(`nora-${i}@fernleigh.example`);
    await press(page, "Make them a platform administrator");
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await page.getByLabel("Full name").fill("Nora Oakes");
    await press(page, "Make them a platform administrator");
    await expect(page.getByText("The person is a platform administrator now.")).toBeVisible();
    await find(`nora-${i}@fernleigh.example`);
    await press(page, "End their right to administer");
    await expect(page.getByText("The person is not a platform administrator any more.")).toBeVisible();
    await find("admin@octant.example");
    await expect(page.getByText("Only another administrator can end that.")).toBeVisible();
  });
}
