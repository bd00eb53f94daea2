// Who is in a session: somebody who comes late, somebody who watches, a second
// person who takes over, and a device too many.

import { test, expect } from "../support/test.js";
import { prepared, lobby, join, next, upTo, vote } from "../support/workshop.js";

const PHONE = { viewport: { width: 360, height: 740 } };

test("a session is handed over, and people come late", async ({ somebody, ground }) => {
  const desk = await somebody("facilitator");
  const path = await prepared(desk, ground.trust, { rehearsal: "yes" });
  const code = await lobby(desk, path);
  const watching = await somebody(null, PHONE);
  await join(watching, code, "I only watch");
  await upTo(desk, "Open the vote");
  await expect(watching.getByText("You are watching, so you have no vote.")).toBeVisible();
  await expect(watching.getByRole("radio")).toHaveCount(0);

  const second = await somebody("cio");
  await second.goto(path);
  await expect(second.locator("#next")).toHaveText("Close the vote");
  await next(second);
  await expect(desk.locator("#next")).toHaveText("Show the result");
  await desk.context().close();
  await next(second);

  const late = await somebody(null, PHONE);
  await join(late, code);
  await expect(late.locator(".app-votes").first()).toBeVisible();
  await upTo(second, "Open the second vote");
  await expect(late.getByText("You have no vote here, because you did not vote the first time.")).toBeVisible();
  await upTo(second, "Show what has moved");
  await expect(late.getByText("The second vote", { exact: true })).toBeVisible();
});

test("a device too many is taken out", async ({ somebody, ground }) => {
  const desk = await somebody("facilitator");
  const path = await prepared(desk, ground.trust);
  await desk.goto(`${path}/devices`);
  await desk.getByLabel("How many people can vote in the room?").fill("1");
  await desk.getByRole("button", { name: "Save", exact: true }).click();
  await expect(desk.getByText("The number of people is kept.")).toBeVisible();
  const code = await lobby(desk, path);
  const [one, two] = [await somebody(null, PHONE), await somebody(null, PHONE)];
  await join(one, code);
  await join(two, code);
  await expect(two.getByText("This is device 2.")).toBeVisible();
  await expect(desk.getByText("More votes than people: 2 of 1.")).toBeVisible();
  await desk.getByRole("link", { name: "See the devices" }).click();
  await desk.getByRole("button", { name: "Take out Device 2" }).click();
  await expect(desk.getByText("Device 2 is out of the session.")).toBeVisible();
  await expect(two.getByRole("heading", { name: "This device was taken out of the session" })).toBeVisible();
  await desk.getByRole("link", { name: "Back to the session" }).click();
  await expect(desk.getByText("More votes than people")).toHaveCount(0);
  await two.getByRole("link", { name: "join again with its code" }).click();
  await join(two, code);
  await expect(two.getByText("This is device 3.")).toBeVisible();
});
