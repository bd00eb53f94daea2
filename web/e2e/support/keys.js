// Walking by the keyboard alone: every stop has to show where the focus is.

import { expect } from "./test.js";

const LONGEST_WAY = 150; // stops on one page before we call it lost

// look tells what is focused, and whether a person could see that it is.
export function look() {
  const at = document.activeElement;
  const drawn = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
  const looks = [getComputedStyle(at)];
  for (const label of at.labels ?? []) looks.push(getComputedStyle(label, "::before"));
  if (at.nextElementSibling) looks.push(getComputedStyle(at.nextElementSibling, "::before"));
  const box = at.getBoundingClientRect();
  return {
    words: `${at.tagName} ${(at.textContent || at.value || "").trim().slice(0, 60)}`,
    visible: looks.some(drawn),
    inView: box.bottom > 0 && box.top < innerHeight,
  };
}

// tabTo goes from stop to stop until it is where it wants to be.
export async function tabTo(page, target, key = "Tab") {
  const wanted = await target.elementHandle();
  for (let stops = 0; stops < LONGEST_WAY; stops++) {
    await page.keyboard.press(key);
    const stop = await page.evaluate(look);
    if (stop.words.startsWith("BODY")) continue; // past the last stop, on the way to the first
    expect.soft(stop, `focus at ${page.url()}`).toMatchObject({ visible: true, inView: true });
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`the Tab key never comes to ${target} at ${page.url()}`);
}

// press goes to something and presses a key on it that leads to another page.
export async function press(page, target, key = "Enter") {
  await tabTo(page, target);
  await page.keyboard.press(key);
}
