// Shows one pair after another and sends each answer to the server, which keeps it before it replies.
// Texts reach the page as text alone (textContent), never as markup.
"use strict";

const PAUSE = 250; // ms in which a key that was meant for the pair before does not answer the next one
const MARKED = 120; // ms for which a choice is seen before the next pair comes
const KEYS = {
  1: "left", a: "left", arrowleft: "left",
  2: "right", b: "right", arrowright: "right",
  0: "tie", t: "tie", s: "skip", u: "undo", "?": "help",
};
const ROLES = { system: "System", user: "User", assistant: "Assistant" };
const NAME_KEY = "charter-rater";

const at = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");
const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const wait = (time) => new Promise((done) => setTimeout(done, time));

// Seconds that the page was in view since the last start.
class Clock {
  constructor() {
    this.start();
    document.addEventListener("visibilitychange", () => this.turn());
  }

  start() {
    this.before = 0;
    this.since = document.hidden ? null : performance.now();
  }

  turn() {
    this.before = this.time();
    this.since = document.hidden ? null : performance.now();
  }

  time() {
    return this.before + (this.since === null ? 0 : performance.now() - this.since);
  }
}

async function send(what, said) {
  let response;
  try {
    response = await fetch(what, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(said),
    });
  } catch {
    throw new Error("The server does not answer. What it acknowledged is kept; start “charter annotate” again and open its new address.");
  }
  const answer = await response.json().catch(() => ({ error: `the server said ${response.status}` }));
  if (!response.ok) throw new Error(what === "answer" ? `Not kept: ${answer.error}` : sentence(answer.error));
  return answer;
}

class Page {
  constructor() {
    this.clock = new Clock();
    this.rater = "";
    this.task = null;
    this.busy = false;
    this.shownAt = 0;
    this.buttons = [...document.querySelectorAll("[data-choice]")];
    for (const button of this.buttons) {
      const choice = button.dataset.choice;
      button.addEventListener("click", () => this.choose(choice));
      for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => this.point(choice));
      for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => this.point(""));
    }
    at("undo").addEventListener("click", () => this.undo());
    at("ask").addEventListener("click", () => at("help").showModal());
    at("help-close").addEventListener("click", () => at("help").close());
    at("change").addEventListener("click", () => this.signOut());
    at("sign-in").addEventListener("submit", (event) => {
      event.preventDefault();
      this.signIn(at("name").value);
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  async begin() {
    const { rater, raters } = await this.attempt("hello", {}) || {};
    if (raters === undefined) return;
    at("raters").replaceChildren(...raters.map((name) => new Option(name, name)));
    at("change").hidden = rater !== "";
    const name = rater || sessionStorage.getItem(NAME_KEY);
    if (name) await this.signIn(name);
    else this.view("start");
  }

  async signIn(name) {
    const state = await this.attempt("next", { rater: name });
    if (!state) return;
    sessionStorage.setItem(NAME_KEY, state.rater);
    at("start").hidden = true;
    this.say(state.done ? `Welcome back: ${number(state.done)} of ${number(state.total)} are done.` : "");
    this.show(state);
  }

  signOut() {
    sessionStorage.removeItem(NAME_KEY);
    this.task = null;
    at("name").value = "";
    this.say("");
    this.begin(); // shows the start once it has its answer: until then a name that is given would be lost
  }

  view(name) {
    for (const section of ["start", "work", "end"]) at(section).hidden = section !== name;
    at("bar-below").hidden = name === "start";
    at("choices").hidden = name !== "work";
    for (const button of this.buttons) button.disabled = name !== "work";
    document.querySelector(".others").hidden = name === "start";
    at("who").hidden = at("count").hidden = at("bar").hidden = name === "start";
    document.querySelector("[data-choice=skip]").hidden = name === "end";
    if (name === "start") at("name").focus();
  }

  show(state) {
    this.rater = state.rater;
    this.task = state.task;
    at("rater").textContent = state.rater;
    at("count").textContent = `${number(state.done)} of ${number(state.total)}`;
    at("bar").max = Math.max(state.total, 1);
    at("bar").value = state.done;
    at("undo").disabled = !state.can_undo;
    for (const each of document.querySelectorAll(".chosen, .pointed")) each.classList.remove("chosen", "pointed");
    if (this.task) this.ask(this.task);
    else this.finish(state);
    scrollTo(0, 0);
    this.shownAt = performance.now();
    this.clock.start();
  }

  ask(task) {
    at("question").textContent = task.question;
    at("left").lastElementChild.textContent = task.left;
    at("right").lastElementChild.textContent = task.right;
    for (const place of document.querySelectorAll(".better")) place.textContent = `is ${task.answer}`;
    at("turns").replaceChildren(...task.turns.map(turn));
    this.view("work");
    at("question").focus({ preventScroll: true });
  }

  finish(state) {
    const skipped = state.done - state.labels;
    at("end-labels").textContent =
      `${counted(state.labels, "label")} of yours ${state.labels === 1 ? "is" : "are"} kept` +
      (skipped ? `, and ${counted(skipped, "pair")} skipped.` : ".");
    at("end-alike").textContent = state.repeated
      ? `Of ${counted(state.repeated, "pair")} that came twice, you answered ${number(state.alike)} alike.`
      : "";
    at("end-alike").hidden = !state.repeated;
    this.view("end");
    at("end-title").focus({ preventScroll: true });
  }

  async choose(choice) {
    if (!this.task || this.busy || performance.now() - this.shownAt < PAUSE) return;
    const { task } = this;
    const said = { rater: this.rater, task: task.id, choice, seconds: this.clock.time() / 1000 };
    const words = { left: `A is ${task.answer}`, right: `B is ${task.answer}`, tie: "a tie", skip: "" }[choice];
    this.task = null; // until the reply, no key answers again
    this.mark(choice);
    const [state] = await Promise.all([this.attempt("answer", said), wait(MARKED)]);
    if (!state) {
      this.task = task;
      this.mark("");
      return;
    }
    if (!state.kept) this.say("This pair was answered already, in another window.");
    else this.say(words ? `Kept: ${words}.` : "Skipped.");
    this.show(state);
  }

  async undo() {
    if (this.busy || at("undo").disabled) return;
    const state = await this.attempt("undo", { rater: this.rater });
    if (!state) return;
    this.say(state.undone ? "Your latest answer is taken back." : "No answer can be taken back any more.");
    this.show(state);
  }

  // What the server replies; where it does not, that is said and nothing is returned.
  async attempt(what, said) {
    if (this.busy) return null;
    this.busy = true;
    try {
      return await send(what, said);
    } catch (error) {
      this.say(error.message, true);
      return null;
    } finally {
      this.busy = false;
    }
  }

  say(text, alarm = false) {
    const place = at(at("start").hidden ? "note" : "sign-in-note");
    at("note").textContent = at("sign-in-note").textContent = "";
    place.textContent = text;
    at("note").classList.toggle("alarm", alarm);
    if (alarm && place === at("note")) at("bar-below").hidden = false;
  }

  mark(choice) {
    for (const side of ["left", "right"]) at(side).classList.toggle("chosen", side === choice || choice === "tie");
    for (const button of this.buttons) button.classList.toggle("chosen", button.dataset.choice === choice);
  }

  point(choice) {
    for (const side of ["left", "right"]) at(side).classList.toggle("pointed", side === choice || choice === "tie");
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || at("help").open) return;
    if (event.target instanceof HTMLInputElement) return;
    const what = KEYS[event.key.toLowerCase()];
    if (!what || !at("start").hidden) return;
    event.preventDefault();
    if (what === "help") at("help").showModal();
    else if (what === "undo") this.undo();
    else this.choose(what);
  }
}

function turn({ role, text }) {
  const row = document.createElement("div");
  const who = document.createElement("p");
  const said = document.createElement("div");
  row.className = "turn";
  who.className = "who-says";
  who.textContent = ROLES[role];
  said.className = "text";
  said.dir = "auto";
  said.textContent = text;
  row.append(who, said);
  return row;
}

const page = new Page();
page.begin();
