// The pieces of a page that follows a session: fresh ones are put in one by one, so
// that what somebody is typing, the focus and what is open stay where they are.

// written are the fields of a part in which words stand that nobody has sent.
function written(part) {
  const fields = part.querySelectorAll("textarea[data-typed], input[data-typed]:not([type=radio], [type=checkbox])");
  return [...fields].filter((field) => field.value.trim());
}

// formOf is the form of a part that is sent to an address, as it stands now.
export function formOf(part, action) {
  return document.getElementById(part)?.querySelector(`form[action="${CSS.escape(action)}"]`);
}

// changed says whether something else was typed in a form since it was sent.
function changed(form, sent) {
  const fields = [...(form?.querySelectorAll("[data-typed]") ?? [])];
  return fields.some((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true) && field.value !== (sent.get(field.name) ?? ""));
}

// placeOf is where the focus is in a part: a control by its id, or the first,
// second, third of its kind.
function placeOf(part, control) {
  const kind = control.localName;
  const nth = [...part.querySelectorAll(kind)].indexOf(control);
  return { id: control.id, part: part.id, kind, nth, start: control.selectionStart, end: control.selectionEnd };
}

export class Parts {
  constructor(target) {
    this.target = target;
    target.addEventListener("input", ({ target: field }) => (field.dataset.typed = "yes"));
  }

  partOf(element) {
    return [...this.target.children].find((part) => part.contains(element));
  }

  // swap puts in the parts that differ. A part that is the same stays as it is,
  // with its focus, its scroll and what was typed. The part with the form that
  // was just sent is always new, but for what was typed after it was sent.
  swap(fresh, { part: sent, action, button, fields } = {}) {
    const since = sent && changed(formOf(sent, action), fields);
    const at = document.activeElement;
    if (sent && (at === document.body || this.partOf(at)?.id === sent)) this.focus = { id: button?.id, part: sent };
    const now = new Map([...this.target.children].map((part) => [part.id, part]));
    const parts = [];
    for (const part of [...fresh.children]) {
      const old = now.get(part.id);
      if (old && old.id !== sent && this.stands(old, part)) {
        parts.push(old);
        continue;
      }
      document.adoptNode(part);
      parts.push(part);
      if (!old) continue;
      this.leaveOpen(old, part);
      if ((old.id !== sent || since) && this.carry(old, part, old.id === sent)) parts.push(this.keep(old));
    }
    for (const old of now.values()) {
      if (parts.includes(old)) continue;
      if (!this.focus && old.contains(document.activeElement)) this.focus = placeOf(old, document.activeElement);
      if (old.id === "part-said" && !sent) parts.unshift(old); // it stands until something else is done
      else if (old.id !== sent && !parts.some((part) => part.id === old.id) && written(old).length > 0) parts.push(this.keep(old));
      else old.remove();
    }
    parts.forEach((part, place) => {
      const there = this.target.children[place];
      if (there !== part) this.target.insertBefore(part, there ?? null);
    });
    this.refocus();
  }

  // stands says that a part says what a fresh one says. One that tells what was
  // wrong with a form stands too, until it would differ from how it was without.
  stands(old, part) {
    const hash = part.dataset.hash;
    if (old.dataset.refused === "") old.dataset.refused = hash;
    return old.dataset.hash === hash || old.dataset.refused === hash;
  }

  // refuse makes what came back with a refusal as good as typed.
  refuse({ part, action }) {
    if (document.getElementById(part)) document.getElementById(part).dataset.refused = "";
    const fields = formOf(part, action)?.querySelectorAll("textarea, select, input:not([type=hidden])") ?? [];
    for (const field of fields) field.dataset.typed = "yes";
  }

  // keep leaves a part in the page whose place is gone while somebody was typing
  // in it, until they take it away.
  keep(part) {
    if (part.querySelector("[data-live-stale]")) return part;
    part.id += "-left";
    for (const control of part.querySelectorAll("button")) control.remove();
    for (const named of part.querySelectorAll("[id]")) if (!named.matches("textarea, input")) named.removeAttribute("id");
    const note = document.querySelector("template[data-live-stale]").content.cloneNode(true);
    note.querySelector("button").addEventListener("click", () => part.remove());
    part.prepend(note);
    return part;
  }

  // leaveOpen opens in a new part what was open in the old one: what was sent from
  // there may be followed by another, and the focus is in it.
  leaveOpen(old, part) {
    for (const open of old.querySelectorAll("details[open][id]")) {
      part.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    }
  }

  // carry gives a new part what was typed in the old one, and the focus. It says
  // whether words are left over for which the new one has no place.
  carry(old, part, own = false) {
    const left = written(old).some((field) => !part.querySelector(`#${CSS.escape(field.id)}`));
    for (const field of old.querySelectorAll("[data-typed][id]")) {
      const same = part.querySelector(`#${CSS.escape(field.id)}`);
      if (!same) continue;
      same.dataset.typed = "yes";
      if (field.type === "radio" || field.type === "checkbox") same.checked = field.checked;
      else same.value = field.value;
      // What it takes the place of is what stood there when it was typed.
      if (own) continue;
      const over = `#${CSS.escape(field.id)}-over`;
      if (old.querySelector(over) && part.querySelector(over)) part.querySelector(over).value = old.querySelector(over).value;
    }
    const focus = document.activeElement;
    if (old.contains(focus)) this.focus = placeOf(old, focus);
    return left;
  }

  // refocus gives the focus back after a swap, to the same control or, where that is
  // gone, to the heading.
  refocus() {
    if (!this.focus) return;
    const { id, part, kind, nth, start, end } = this.focus;
    this.focus = undefined;
    const same = id ? document.getElementById(id) : kind && document.getElementById(part)?.querySelectorAll(kind)[nth];
    const to = same || this.target.querySelector("[data-live-focus]");
    if (to !== document.activeElement) to?.focus({ preventScroll: true });
    if (typeof start === "number") to?.setSelectionRange?.(start, end);
  }
}
