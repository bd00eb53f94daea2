// Keeps a page of a workshop at the session's newest state. The page is whole
// without this, by loading it again. The server never sends what has changed,
// only that something has: the page then fetches itself as this device may see
// it, so that a missed signal heals at the next, and every connection begins
// with a fetch.

import { Parts, formOf } from "./session/parts.js";

const BEAT = 15_000; // the server lets hear from it at least so often
const SILENCE = BEAT + 5_000; // longer than this means that nothing gets through
const FIRST_BEAT = 4_000; // a stream that is held up somewhere never says its first word
const POLL = 5_000;
const PATIENCE = 8_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const AWAKE = 2_000; // a clock that stood still for longer means that the device slept
const WORTH_SAYING = 1_500; // a hitch shorter than this is nobody's business

const SAYS = {
  live: "Live",
  behind: "Catching up…",
  offline: "Offline. Trying again…",
  over: "This page can no longer follow the session. Load it again.",
};

class Session {
  tag = "";
  failures = 0;
  asked = 0; // fetches that were asked for
  done = 0; // the newest of them that has come
  skew = 0; // how far the server's clock is ahead of this one
  missed = false; // the last fetch failed, though the stream may go on

  constructor(root) {
    this.root = root;
    this.target = root.querySelector("[data-live-target]");
    this.state = root.querySelector("[data-live-state]");
    this.saying = root.querySelector("[data-live-saying]");
    root.querySelector("[data-live-by-hand]")?.setAttribute("hidden", "");
    this.parts = new Parts(this.target);
    this.target.addEventListener("submit", (event) => this.submitted(event));
    this.target.addEventListener("keydown", (event) => this.held(event));
    this.target.addEventListener("click", (event) => this.toFault(event));
    document.addEventListener("visibilitychange", () => !document.hidden && this.wake());
    document.addEventListener("resume", () => this.wake());
    document.addEventListener("freeze", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    addEventListener("pagehide", () => this.close());
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.say("offline"));
    this.ticked = Date.now();
    setInterval(() => this.tick(), 1_000);
    this.wake();
  }

  // A phone's connection may be dead without a word, so that waking begins anew.
  wake() {
    if (this.over) return;
    this.close();
    this.failures = 0;
    this.open();
    this.refresh();
  }

  close() {
    this.stream?.close();
    this.stream = undefined;
    clearTimeout(this.retry);
  }

  open() {
    const stream = new EventSource(this.root.dataset.events);
    this.stream = stream;
    this.opened = Date.now();
    this.beat = 0;
    // What changed before the stream began to speak was told to nobody.
    const heard = () => {
      if (!this.beat) this.refresh();
      this.beat = Date.now();
    };
    stream.addEventListener("beat", heard);
    stream.addEventListener("changed", () => {
      heard();
      this.refresh();
    });
    // A browser gives a stream up for good when it is answered with an error.
    stream.addEventListener("error", () => {
      if (this.stream !== stream) return;
      this.close();
      this.retry = setTimeout(() => {
        this.open();
        this.refresh();
      }, this.pause());
    });
  }

  // pause grows with every failure, and differs between devices, so that a room
  // does not come back all at once.
  pause() {
    return Math.min(FIRST_WAIT * 2 ** this.failures++, LONGEST_WAIT) * (0.5 + Math.random());
  }

  // flows says that the stream lets hear from it.
  flows() {
    if (!this.stream) return false;
    const now = Date.now();
    return this.beat ? now - this.beat < SILENCE : now - this.opened < FIRST_BEAT;
  }

  tick() {
    const now = Date.now();
    const slept = now - this.ticked > AWAKE + 10_000;
    this.ticked = now;
    this.countDown();
    if (document.hidden || this.over) return;
    if (slept) return this.wake();
    if ((this.missed || !this.flows()) && now - (this.fetched ?? 0) > POLL) this.refresh();
    if (this.beat && now - this.beat > SILENCE && this.stream) {
      this.close();
      this.open();
    }
  }

  // One fetch at a time. What changes meanwhile is fetched once more.
  async refresh() {
    this.asked++;
    if (this.fetching) return;
    this.fetching = true;
    while (this.done < this.asked) {
      const upTo = this.asked;
      this.fetched = Date.now();
      if (!(await this.fetch())) break;
      this.done = upTo;
    }
    this.done = this.asked;
    this.fetching = false;
  }

  async fetch() {
    const late = setTimeout(() => this.say("behind"), WORTH_SAYING);
    try {
      const response = await fetch(this.root.dataset.now, {
        headers: this.tag ? { "If-None-Match": this.tag } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.status >= 500 || response.status === 429) throw new Error("down");
      if (!response.ok && response.status !== 304) return this.say("over");
      this.setClock(response);
      if (response.status !== 304) {
        this.show(new DOMParser().parseFromString(await response.text(), "text/html").body);
        this.tag = response.headers.get("ETag") ?? "";
      }
      this.failures = 0;
      this.missed = false;
      this.say(this.flows() ? "live" : "behind");
      return true;
    } catch {
      this.missed = true;
      return this.say("offline");
    } finally {
      clearTimeout(late);
    }
  }

  // The state is told when it changes, and not again.
  say(state) {
    if (this.state && !this.over && this.state.dataset.state !== state) {
      this.state.dataset.state = state;
      this.state.textContent = SAYS[state];
    }
    return false;
  }

  // show puts in what is fresh, and tells in one sentence what is new.
  show(fresh, sent) {
    this.parts.swap(fresh, sent);
    const says = this.target.querySelector("[data-live-says]")?.textContent.trim() ?? "";
    if (this.saying && this.heard !== undefined && this.heard !== says) this.saying.textContent = says;
    this.heard = says;
    this.countDown();
    if (this.target.querySelector("[data-live-over]")) this.end();
  }

  // end is for a device that has no place in the session any more.
  end() {
    this.over = true;
    this.close();
    if (this.state) this.state.textContent = "";
  }

  setClock(response) {
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (date) this.skew = Math.round((date - Date.now()) / 1_000) * 1_000;
  }

  // countDown writes what is left of a time that the server has set. When it is
  // over, nothing happens but that the page says so.
  countDown() {
    for (const clock of this.target.querySelectorAll("[data-live-until]")) {
      const left = Math.ceil((Number(clock.dataset.liveUntil) - Date.now() - this.skew) / 1_000);
      const size = Math.abs(left);
      const text = `${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")} ${left >= 0 ? "left" : "over time"}`;
      if (clock.textContent !== text) clock.textContent = text;
      if (this.saying && (left === 60 || left === 0) && this.told !== clock.dataset.liveUntil + left) {
        this.told = clock.dataset.liveUntil + left;
        this.saying.textContent = left ? "One minute left." : "The time is over.";
      }
    }
  }

  // An ordinary post while the connection is down would end on the browser's own
  // error page and take what was chosen with it. So forms are sent from here,
  // and the page that answers is put in.
  submitted(event) {
    const form = event.target;
    if (form.dataset.liveForm === "leave") return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const sent = {
      part: this.parts.partOf(form)?.id,
      action: form.getAttribute("action"),
      button: event.submitter,
      fields: new URLSearchParams(new FormData(form, event.submitter)),
    };
    this.send(form, sent, 0);
  }

  // A link of an error summary gives its field the focus.
  toFault(event) {
    const link = event.target.closest(".nhsuk-error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.closest(".nhsuk-form-group")?.scrollIntoView({ block: "nearest" });
  }

  // A key that is held down presses once: the button that comes next has the
  // focus already.
  held(event) {
    if (event.repeat && event.key === "Enter" && event.target.matches("button")) event.preventDefault();
  }

  // What does no harm when it arrives twice is sent again by itself. The form that
  // was sent may have been put in anew meanwhile.
  async send(form, sent, tries) {
    const now = () => (form.isConnected ? form : formOf(sent.part, sent.action) ?? form);
    const response = await this.post(sent);
    if (response) {
      delete now().dataset.sending;
      return this.answered(response, sent);
    }
    if (form.dataset.liveForm === "again" && tries < 60) {
      now().dataset.sending = "yes";
      this.tell(now(), "Not sent yet: no connection. Trying again; keep this page open.");
      setTimeout(() => this.send(form, sent, tries + 1), this.pause());
    } else {
      delete now().dataset.sending;
      this.tell(now(), "Not sent: no connection. Press the button again when you are connected.");
    }
  }

  // post gives the answer with its page, or nothing where none came.
  async post({ action, fields }) {
    try {
      const response = await fetch(action, { method: "POST", body: fields, signal: AbortSignal.timeout(PATIENCE) });
      if (response.status >= 500) return undefined;
      return { ok: response.ok, url: response.url, page: new DOMParser().parseFromString(await response.text(), "text/html") };
    } catch {
      return undefined;
    }
  }

  answered({ ok, url, page }, sent) {
    const target = page.querySelector("[data-live-target]");
    if (!target || (new URL(url).pathname !== location.pathname && ok)) return this.leaveTo(ok, url, page);
    this.tag = "";
    this.show(target, sent);
    if (!ok) this.parts.refuse(sent);
    document.title = page.title;
    this.target.querySelector("[data-live-fault]")?.focus();
    this.refresh();
  }

  // leaveTo shows another page: by its address, or as it is where it has none.
  leaveTo(ok, url, page) {
    if (ok) return location.assign(url);
    const words = page.querySelector("main h1")?.textContent.trim() ?? "This could not be sent.";
    if (this.saying) this.saying.textContent = words;
    this.say("over");
  }

  // tell stands beside the button that was pressed.
  tell(form, words) {
    let line = form.querySelector("[data-live-told]");
    if (!line) {
      line = Object.assign(document.createElement("p"), { className: "app-status" });
      line.dataset.liveTold = "";
      line.dataset.state = "waiting";
      line.setAttribute("role", "status");
      form.append(line);
    }
    if (line.textContent !== words) line.textContent = words;
    this.say("offline");
  }
}

const root = document.querySelector("[data-live]");
if (root) new Session(root);
