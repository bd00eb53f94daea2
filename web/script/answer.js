// Keeps an answer while it is given. The question page is a plain form and is
// whole without this. With it, each change is sent as it is made, and the
// status line says when the server has it. What cannot be sent stays in the
// page and is sent again until it has arrived.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10000;
const TYPING_PAUSE = 1500;
const PATIENCE = 10000;

const NO_CONNECTION =
  "Not saved: no connection. What you typed is kept on this page; trying again";
const SIGNED_OUT =
  "Not saved: you have been signed out. What you typed is kept on this page. Sign in again in another tab and it will be saved";

class Answer {
  made = 0; // changes made in the page
  kept = 0; // the last of them that the server has
  failures = 0; // in a row
  sending = false;
  leaving = false; // the form is on its way as an ordinary post

  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-octant-status]");
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("online", () => this.unsaved() && this.save());
    addEventListener("pageshow", () => (this.leaving = false));
    addEventListener("beforeunload", (event) => {
      if (this.unsaved() && !this.leaving) event.preventDefault();
    });
  }

  unsaved() {
    return this.made > this.kept;
  }

  // A choice is sent at once; words when the typing pauses or is done.
  changed({ type, target }) {
    const typing = type === "input" && target.type === "textarea";
    if (type === "input" && !typing) return;
    if (type === "input" || target.type !== "textarea") this.made++;
    if (this.unsaved()) this.later(typing ? TYPING_PAUSE : 0);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // An ordinary post while the connection is down would end on the browser's
  // own error page, and take what was typed with it. So the answer is saved
  // first, and the page left only when the server has answered. A page in which
  // nothing was changed has nothing to lose.
  submitted(event) {
    if (this.leaving || this.made === 0) return;
    event.preventDefault();
    this.leaveBy = { button: event.submitter };
    this.save();
  }

  leave() {
    const { button } = this.leaveBy;
    this.leaveBy = undefined;
    this.leaving = true;
    this.form.requestSubmit(button);
  }

  // One request at a time, so that an older one cannot arrive last. What
  // changes meanwhile goes with the next.
  async save() {
    clearTimeout(this.timer);
    if (this.sending || this.leaving) return;
    const fields = new FormData(this.form);
    fields.set("action", "save");
    this.sending = true;
    const change = this.made;
    const reply = await this.send(fields);
    this.sending = false;
    this.received(reply, change);
  }

  async send(fields) {
    try {
      // The form's own "action" field hides its property of that name.
      const response = await fetch(this.form.getAttribute("action") || location.href, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.type === "opaqueredirect" || response.status === 401) return { lost: SIGNED_OUT };
      if (response.status >= 500 || response.status === 429) return { lost: NO_CONNECTION };
      return { status: response.status, body: await response.json() };
    } catch {
      return { lost: NO_CONNECTION };
    }
  }

  received({ lost, status, body }, change) {
    if (lost) return this.tryAgain(lost);
    this.failures = 0;
    if (status === 200) {
      this.kept = change;
      for (const [name, revision] of Object.entries(body.revisions ?? { revision: body.revision }))
        this.form.elements[name].value = revision;
      this.say("saved", `Saved at ${body.saved}`);
    } else if (!this.leaveBy) {
      return this.refused(status, body);
    }
    if (this.leaveBy) this.leave();
    else if (this.unsaved()) this.later(0);
  }

  // A person who pressed Continue stays: they would not expect the page to
  // move on by itself when the connection comes back.
  tryAgain(reason) {
    this.leaveBy = undefined;
    this.made = Math.max(this.made, this.kept + 1);
    this.say("waiting", reason);
    const wait = Math.min(FIRST_WAIT * 2 ** this.failures++, LONGEST_WAIT);
    this.later(wait * (0.75 + Math.random() / 2));
  }

  // The server has answered, and sending the same again would change nothing.
  // Its reason stands beside the way on: the form itself, which shows a
  // conflict whole, or another page that the server names. A link to this very
  // page would lose what was typed.
  refused(status, { message, page }) {
    this.say("refused", `Not saved. ${message} `);
    if (status === 409) {
      const button = Object.assign(document.createElement("button"), {
        className: "nhsuk-button nhsuk-button--secondary nhsuk-button--small",
        name: "action",
        value: "save",
        textContent: "See what has changed",
      });
      this.status.append(button);
    } else if (page && page !== location.pathname) {
      this.status.append(Object.assign(document.createElement("a"), { href: page, textContent: "See why" }));
    }
  }

  // The same words are not said twice, since a screen reader would read them
  // again at every attempt.
  say(state, words) {
    if (this.status.dataset.state === state && this.status.textContent === words) return;
    this.status.dataset.state = state;
    this.status.textContent = words;
  }
}

const form = document.querySelector('form[data-module="octant-answer"]');
if (form) new Answer(form);
