// Filters the lists of examples, steps through them, and opens what a link points at.
// Without this file everything is listed, unfiltered.
"use strict";

const PAGE = 40;

const count = (number) => number.toLocaleString("en");

class Browser {
  constructor(root) {
    this.root = root;
    this.key = root.dataset.key;
    this.form = root.querySelector(".filters");
    this.status = root.querySelector(".count");
    this.moreRow = root.querySelector(".more-row");
    this.items = [...root.querySelectorAll(".item")];
    this.shelves = [...root.querySelectorAll(".shelf")];
    this.selects = [...this.form.querySelectorAll("select")];
    this.search = this.form.elements.text;
    this.noun = this.status.textContent.trim().replace(/^[\d,]+\s*/, "");
    this.texts = new Map();
    this.limit = PAGE;
    this.form.hidden = false;
    root.querySelector(".hint").hidden = false;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => this.changed()));
    this.form.addEventListener("change", () => this.changed());
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changed(), 120);
    });
    this.moreRow.firstElementChild.addEventListener("click", () => this.showMore());
    root.addEventListener("toggle", (event) => this.toggled(event.target), true);
    root.addEventListener("keydown", (event) => this.pressed(event));
    this.apply();
  }

  changed() {
    this.limit = PAGE;
    this.apply();
    const query = this.query().toString();
    setHash(query ? `${this.key}?${query}` : this.key);
  }

  query() {
    const chosen = this.selects.filter((select) => select.value !== "");
    const query = new URLSearchParams(chosen.map((select) => [select.name, select.selectedOptions[0].dataset.value]));
    if (this.search.value.trim()) query.set("text", this.search.value.trim());
    return query;
  }

  filterBy(query) {
    for (const select of this.selects) {
      const option = [...select.options].find((one) => one.dataset.value === query.get(select.name));
      select.value = option ? option.value : "";
    }
    this.search.value = query.get("text") || "";
    this.limit = PAGE;
    this.apply();
  }

  showMore() {
    const next = this.matching()[this.limit];
    this.limit += PAGE;
    this.apply();
    if (next) next.firstElementChild.focus();
  }

  matching() {
    const wanted = this.selects.filter((select) => select.value !== "");
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return this.items.filter(
      (item) =>
        wanted.every((select) => item.dataset[select.name].split(" ").includes(select.value)) &&
        words.every((word) => this.textOf(item).includes(word)),
    );
  }

  textOf(item) {
    if (!this.texts.has(item)) this.texts.set(item, item.textContent.toLowerCase());
    return this.texts.get(item);
  }

  apply() {
    const matching = this.matching();
    const shown = new Set(matching.slice(0, this.limit));
    for (const item of this.items) item.hidden = !shown.has(item);
    for (const shelf of this.shelves) shelf.hidden = !shelf.querySelector(".item:not([hidden])");
    const all = this.items.length;
    const found = matching.length === all ? count(all) : `${count(matching.length)} of ${count(all)}`;
    const rest = shown.size < matching.length ? `; the first ${count(shown.size)} are listed` : "";
    this.status.textContent = `${found} ${this.noun}${rest}`;
    this.moreRow.hidden = shown.size === matching.length;
    this.moreRow.firstElementChild.textContent = `Show ${count(Math.min(PAGE, matching.length - shown.size))} more`;
  }

  reveal(target) {
    const item = target.classList.contains("shelf") ? target.querySelector(".item") : target;
    if (!item.hidden) return;
    this.filterBy(new URLSearchParams());
    this.limit = Math.max(PAGE, this.items.indexOf(item) + PAGE);
    this.apply();
  }

  toggled(item) {
    if (!item.open || !item.classList.contains("item") || item.querySelector(".step-button")) return;
    const foot = item.querySelector(".foot");
    for (const [words, way] of [["Next", 1], ["Previous", -1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "step-button";
      button.textContent = words;
      button.addEventListener("click", () => this.step(item, way));
      foot.prepend(button);
    }
  }

  pressed(event) {
    const way = { j: 1, k: -1 }[event.key];
    const item = event.target.closest(".item");
    if (!way || !item || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.step(item, way);
  }

  step(item, way) {
    const matching = this.matching();
    const next = matching[matching.indexOf(item) + way];
    if (!next) return;
    if (next.hidden) {
      this.limit += PAGE;
      this.apply();
    }
    item.open = false;
    next.open = true;
    setHash(next.id);
    next.firstElementChild.focus({ preventScroll: true });
    next.scrollIntoView();
  }
}

function setHash(hash) {
  history.replaceState(null, "", `#${hash}`);
}

const browsers = [...document.querySelectorAll(".browser")].map((root) => new Browser(root));

// "#answer-<id>" opens that example; "#answers?after=harmful&text=lock" filters the list.
function follow() {
  const [place, query] = location.hash.slice(1).split("?");
  const target = document.getElementById(place);
  if (!target) return;
  const filtered = browsers.find((one) => one.key === place);
  if (filtered && query !== undefined) filtered.filterBy(new URLSearchParams(query));
  const browser = browsers.find((one) => one.root !== target && one.root.contains(target));
  if (browser) browser.reveal(target);
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", follow);
follow();
