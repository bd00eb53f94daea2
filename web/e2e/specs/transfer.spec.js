// How much a question costs somebody on a slow connection.

import { test, expect } from "../support/test.js";

const KB = 1024;

// weigh counts what a visit brings over the wire.
async function weigh(page, path) {
  const client = await page.context().newCDPSession(page);
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await client.send("Network.enable");
  await page.goto(path, { waitUntil: "networkidle" });
  await client.detach();
  return bytes;
}

test("a question is small, and smaller the second time", async ({ somebody, ground }) => {
  const page = await somebody("member-2");
  const cold = await weigh(page, `${ground.open}/questions/1.1`);
  const warm = await weigh(page, `${ground.open}/questions/1.2`);
  console.log(`question page: ${cold} bytes cold, ${warm} warm`);
  expect(cold).toBeLessThan(60 * KB);
  expect(cold).toBeGreaterThan(10 * KB); // else nothing was weighed
  expect(warm).toBeLessThan(12 * KB);
});
