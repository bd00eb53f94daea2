// OURS is in the title of every round that a test makes, so that no other test
// takes it for one of the demonstration's.
export const OURS = "of the tests";

// places finds what the demonstration holds, as the lead of its trust sees it.
export async function places(page) {
  await page.goto("/");
  const trust = await page.locator('main a[href^="/trusts/"]:not([href*="/rounds/"])').first().getAttribute("href");
  await page.goto(trust);
  const rounds = async (state) => {
    const cards = page.locator(".nhsuk-card").filter({ has: page.locator(".nhsuk-tag", { hasText: state }), hasNotText: OURS });
    const links = await cards.locator('a[href$="/manage"]').evaluateAll((found) => found.map((a) => a.getAttribute("href")));
    return links.map((href) => href.replace(/\/manage$/, ""));
  };
  const [open] = await rounds("Open");
  const closed = await rounds("Closed");
  return { trust, open, closed: closed[0], oldest: closed.at(-1) };
}
