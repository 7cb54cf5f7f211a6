// Filters the lists of examples, and opens what a link points at. Without this file everything is listed, unfiltered.
"use strict";

const PAGE = 40;

class Browser {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector(".filters");
    this.status = root.querySelector(".count");
    this.moreRow = root.querySelector(".more-row");
    this.items = [...root.querySelectorAll(".item")];
    this.shelves = [...root.querySelectorAll(".shelf")];
    this.noun = this.status.textContent.trim().replace(/^[\d,]+\s*/, "");
    this.texts = new Map();
    this.limit = PAGE;
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => this.restart()));
    this.form.addEventListener("change", () => this.restart());
    this.form.elements.text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.restart(), 120);
    });
    this.moreRow.firstElementChild.addEventListener("click", () => this.showMore());
    this.restart();
  }

  restart() {
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
    const wanted = [...this.form.querySelectorAll("select")].filter((select) => select.value !== "");
    const words = this.form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
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
    const count = (number) => number.toLocaleString("en");
    const all = this.items.length;
    const found = matching.length === all ? `${count(all)} ${this.noun}` : `${count(matching.length)} of ${count(all)} ${this.noun}`;
    this.status.textContent = shown.size < matching.length ? `${found}; the first ${count(shown.size)} are listed` : found;
    this.moreRow.hidden = shown.size === matching.length;
    this.moreRow.firstElementChild.textContent = `Show ${count(Math.min(PAGE, matching.length - shown.size))} more`;
  }

  reveal(target) {
    const item = target.classList.contains("shelf") ? target.querySelector(".item") : target;
    if (!item.hidden && !target.hidden) return;
    this.form.reset();
    this.limit = Math.max(PAGE, this.items.indexOf(item) + PAGE);
    this.apply();
  }
}

const browsers = [...document.querySelectorAll(".browser")].map((root) => new Browser(root));

function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const browser = browsers.find((one) => one.root.contains(target) && one.root !== target);
  if (browser) browser.reveal(target);
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", follow);
follow();
