// OURS is in the title of every round that a test makes, so that no other test
// takes it for one of the demonstration's.
export const OURS = "of the tests";

// places finds what the demonstration holds, as the lead of its trust sees it,
// on whichever page of rounds the tests' own have moved it to.
export async function places(page) {
  await page.goto("/");
  const trust = await page.locator('main a[href^="/trusts/"]:not([href*="/rounds/"], [href*="/workshops"])').first().getAttribute("href");
  const open = [];
  const closed = [];
  for (let next = trust; next; next = await older(page)) {
    await page.goto(next);
    open.push(...(await rounds(page, "Open")));
    closed.push(...(await rounds(page, "Closed")));
  }
  return { trust, open: open[0], closed: closed[0], oldest: closed.at(-1) };
}

async function rounds(page, state) {
  const cards = page.locator(".nhsuk-card").filter({ has: page.locator(".nhsuk-tag", { hasText: state }), hasNotText: OURS });
  const links = await cards.locator('a[href$="/manage"]').evaluateAll((found) => found.map((a) => a.getAttribute("href")));
  return links.map((href) => href.replace(/\/manage$/, ""));
}

async function older(page) {
  const link = page.getByRole("link", { name: "Older rounds" });
  return (await link.count()) > 0 ? link.getAttribute("href") : undefined;
}
