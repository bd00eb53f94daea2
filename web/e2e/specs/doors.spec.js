// Who gets in where: a stranger, a member without the right, nobody at all.

import { test, expect, refused } from "../support/test.js";

test("a signed-out person is sent to sign in", async ({ somebody, ground }) => {
  const { open } = ground;
  const nobody = await somebody();
  await nobody.goto(`${open}/questions`);
  await expect(nobody).toHaveURL(/\/sign-in\?to=/);
  await expect(nobody.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("after signing out the way back shows nothing", async ({ somebody, ground }) => {
  const page = await somebody("member-2");
  await page.goto(ground.trust);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("to a stranger the trust does not exist", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(404));
  const { trust, open, closed } = ground;
  const stranger = await somebody("admin");
  for (const path of [trust, `${open}/questions`, `${closed}/report`, `${closed}/report.csv`]) {
    const response = await stranger.goto(path);
    expect(response.status(), path).toBe(404);
    await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    await expect(stranger.getByRole("main").getByRole("link")).not.toHaveCount(0); // a way on
  }
});

test("a member may not run the round", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(403));
  const { trust, open } = ground;
  const member = await somebody("member-3");
  for (const path of [`${open}/manage`, `${open}/people`, `${open}/close`, `${trust}/rounds/new`]) {
    const response = await member.goto(path);
    expect(response.status(), path).toBe(403);
    await expect(member.getByRole("main").getByRole("link")).not.toHaveCount(0);
  }
});

test("an open round shows no result to anybody", async ({ somebody, ground, watch }) => {
  watch.tolerate(refused(404));
  const { open } = ground;
  const lead = await somebody("cio");
  const member = await somebody("member-3");
  for (const path of ["report", "report.json", "report.csv", "report/charts/profile.csv"]) {
    const response = await lead.request.get(`${open}/${path}`);
    expect(response.status(), path).toBe(404);
  }
  expect((await member.request.get(`${open}/mine`)).status()).toBe(404);
});
