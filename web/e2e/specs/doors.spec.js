// Who gets in where: a stranger, a member without the right, nobody at all.

import { test, expect, places, refused } from "../support/test.js";

test("a signed-out person is sent to the front page", async ({ somebody }) => {
  const lead = await somebody("cio");
  const { open } = await places(lead);
  const nobody = await somebody();
  await nobody.goto(`${open}/questions`);
  await expect(nobody).toHaveURL(/\/$/);
  await expect(nobody.getByRole("button", { name: "Look around the demonstration" })).toBeVisible();
});

test("after signing out the way back shows nothing", async ({ somebody }) => {
  const page = await somebody("member-2");
  const { trust } = await places(page);
  await page.goto(trust);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(page.getByRole("button", { name: "Look around the demonstration" })).toBeVisible();
});

test("to a stranger the trust does not exist", async ({ somebody, watch }) => {
  watch.tolerate(refused(404));
  const lead = await somebody("cio");
  const { trust, open, closed } = await places(lead);
  const stranger = await somebody("admin");
  for (const path of [trust, `${open}/questions`, `${closed}/report`, `${closed}/report.csv`]) {
    const response = await stranger.goto(path);
    expect(response.status(), path).toBe(404);
    await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    await expect(stranger.getByRole("main").getByRole("link")).not.toHaveCount(0); // a way on
  }
});

test("a member may not run the round", async ({ somebody, watch }) => {
  watch.tolerate(refused(403));
  const lead = await somebody("cio");
  const { trust, open } = await places(lead);
  const member = await somebody("member-3");
  for (const path of [`${open}/manage`, `${open}/people`, `${open}/close`, `${trust}/rounds/new`]) {
    const response = await member.goto(path);
    expect(response.status(), path).toBe(403);
    await expect(member.getByRole("main").getByRole("link")).not.toHaveCount(0);
  }
});

test("an open round shows no result to anybody", async ({ somebody, watch }) => {
  watch.tolerate(refused(404));
  const lead = await somebody("cio");
  const { open } = await places(lead);
  const member = await somebody("member-3");
  for (const path of ["report", "report.json", "report.csv", "report/charts/profile.csv"]) {
    const response = await lead.request.get(`${open}/${path}`);
    expect(response.status(), path).toBe(404);
  }
  expect((await member.request.get(`${open}/mine`)).status()).toBe(404);
});
