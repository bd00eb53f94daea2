// What a person does on a question's page.

// choose gives an answer that is not the one given now, nor any of those named,
// and answers its place in the list.
export async function choose(page, ...not) {
  for (const place of [0, 1, 2]) {
    const option = page.getByRole("radio").nth(place);
    if (not.includes(place) || (await option.isChecked())) continue;
    await option.check();
    return place;
  }
  throw new Error("there is no other answer");
}

// comment writes one, in the part of the page that may have to be opened first.
export async function comment(page, words) {
  const box = page.getByLabel("Your comment");
  if (!(await box.isVisible())) await page.locator("summary").first().click();
  await box.fill(words);
}

export const goOn = (page) => page.getByRole("button", { name: "Continue", exact: true }).click();
