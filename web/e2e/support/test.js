// What every walk starts from: people who can sign in, and a watch over what
// their browsers complain of.

import { test as base, expect } from "@playwright/test";
import { places } from "./places.js";

export { expect };

// A Watch hears what the browsers of one test complain of, and sees whom they
// ask. Content-security violations are complaints too.
class Watch {
  complaints = [];
  strangers = [];
  tolerated = [];
  admitted = [];

  constructor(origin) {
    this.origin = origin;
  }

  over(context) {
    context.on("console", (m) => this.#elsewhere(m.page()) || this.#heard(m.type(), m.text(), m.location().url));
    context.on("weberror", (e) => this.#heard("error", String(e.error())));
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== this.origin && !this.admitted.includes(origin) && !this.#elsewhere(request.frame())) this.strangers.push(request.url());
    });
  }

  // tolerate lets a complaint pass that the test itself provokes. Without a
  // reason of this kind, every warning and error fails the test.
  tolerate(pattern) {
    this.tolerated.push(pattern);
  }

  // admit lets the browser go to another place, whose own pages are not ours to
  // watch.
  admit(origin) {
    this.admitted.push(origin);
  }

  #elsewhere(page) {
    return this.admitted.some((origin) => page?.url().startsWith(origin));
  }

  #heard(type, text, where = "") {
    if (type === "error" || type === "warning") this.complaints.push(`${type}: ${text} ${where}`);
  }

  unexpected() {
    return this.complaints.filter((c) => !this.tolerated.some((pattern) => pattern.test(c)));
  }
}

// refused is what a browser notes of an answer that is an error page.
export const refused = (...statuses) => new RegExp(`the server responded with a status of (${statuses.join("|")})`);

// known are the places of each site, found once by each of Playwright's workers.
const known = new Map();

export const test = base.extend({
  watch: [
    async ({ baseURL }, use) => {
      const watch = new Watch(new URL(baseURL).origin);
      await use(watch);
      expect.soft(watch.unexpected(), "complaints in the console").toEqual([]);
      expect.soft(watch.strangers, "requests to other places").toEqual([]);
    },
    { auto: true },
  ],

  // somebody opens a browser of their own: signed in as one of the
  // demonstration's people, or nobody yet.
  somebody: async ({ browser, watch }, use) => {
    const contexts = [];
    await use(async (key, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watch.over(context);
      if (key) await signIn(context, key);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  // ground is where a test stands: the places of its site.
  ground: async ({ somebody, baseURL }, use) => {
    if (!known.has(baseURL)) known.set(baseURL, await places(await somebody("cio")));
    await use(known.get(baseURL));
  },
});

// signIn does without the page, which the journey walks.
export async function signIn(context, key) {
  const response = await context.request.post("/demo/sign-in", { form: { person: key }, maxRedirects: 0 });
  expect(response.status(), `sign in as ${key}`).toBe(303);
}

// role is the button that signs in as one of the demonstration's people.
export const role = (page, key) => page.locator(`button[name="person"][value="${key}"]`);

// sideways is how far a page is wider than its screen. A table that scrolls by
// itself does not count, since the page around it stays.
export async function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
