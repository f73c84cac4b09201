/** Puts the parts together: what goes on (state/live.js) and what of it is seen, heard and kept. */

import { openFile } from "./sources/file.js";
import { withoutHidden } from "./state/hidden.js";
import { Live } from "./state/live.js";
import { pictureOrder, SteadyOrder } from "./state/order.js";
import { Recording } from "./state/recording.js";
import { keep, load } from "./state/settings.js";
import { Steady } from "./state/steady.js";
import { answersOf } from "./state/votes.js";
import * as wording from "./texts/wording.js";
import { Announcer } from "./views/announcer.js";
import { Cards } from "./views/cards.js";
import { enableCopying } from "./views/consent.js";
import { button as createButton, part, setText } from "./views/elements.js";
import { createFigures, updateFigures } from "./views/figures.js";
import { Guess } from "./views/guess.js";
import { isCommand, isTyping } from "./views/keys.js";
import { Overlay } from "./views/overlay.js";
import { showTexts, titleOf } from "./views/page-texts.js";
import { canFloat, Panel } from "./views/panel.js";
import { SessionView } from "./views/session-view.js";
import { SettingsDialog } from "./views/settings-dialog.js";
import { SourcePicker } from "./views/source-picker.js";
import { statusOf } from "./views/status.js";
import { setOwnSymbols } from "./views/symbols.js";
import { faceThumbnail, Thumbnails } from "./views/thumbnail.js";

/** @typedef {import("./network/protocol.js").Reading} Reading */
/** @typedef {import("./sources/source.js").Source} Source */

/** Words, figures and colours change at most so often; boxes move with every reading. */
const CALM_MS = 200;

const page = document.documentElement;
const video = part("video", HTMLVideoElement);
const stage = part("stage", HTMLElement);
const button = part("toggle", HTMLButtonElement);
const pauseButton = part("pause", HTMLButtonElement);
const floatButton = part("float", HTMLButtonElement);
const status = part("status", HTMLElement);
const rateLine = part("rate", HTMLElement);

let settings = load();
const overlay = new Overlay(part("overlay", HTMLCanvasElement));
const cards = new Cards(part("cards", HTMLElement), {
  onWrong: markWrong,
  onUsual: (number) => live.takeUsual(number),
  onName: showNames,
  onPoint: mark,
});
const announcer = new Announcer(part("announcer", HTMLElement));
const panel = new Panel(takeVideoBack);
const thumbnails = new Thumbnails(video);
const picker = new SourcePicker(part("sources", HTMLSelectElement), () => {
  if (live.state === "on") void live.start(picker.open);
});
const recording = new Recording();
const sessionView = new SessionView(part("session", HTMLElement), recording);
const crowd = createFigures();
const steady = new Steady();
const order = new SteadyOrder();
/** What cards, colours and labels tell, by face number, in the order of the picture. @type {Map<number, Reading>} */
let shown = new Map();
let shownAt = 0;
/** The face that the person points at. @type {number | null} */
let marked = null;

const live = new Live(video, `${location.protocol.replace("http", "ws")}//${location.host}/live`, {
  onStatus: showStatus,
  onStart(camera, source) {
    recording.begin(originOf(source));
    void picker.show(live.title, camera);
  },
  onReadings(answer, now) {
    showCalmly(now, answer);
    const seen = live.faces.seenAt(now);
    if (guess.isOn) guess.see(now, seen, answer);
    else if (settings.boxes) overlay.draw(seen, shown, answer.width, answer.height);
    thumbnails.draw(now, seen, answer, (number) => {
      return [cards.pictureOf(number), panel.pictureOf(number)].filter((it) => it !== undefined);
    });
    document.dispatchEvent(new CustomEvent("mien:readings", { detail: { answer, shown: now } }));
  },
  onForget() {
    steady.clear();
    order.clear();
    cover();
    guess.forget(live.state);
    sessionView.show();
    page.classList.remove("no-faces");
    showRate();
  },
  onUsual: (number, taken) => cards.answerUsual(number, taken),
});

const guess = new Guess(
  {
    toggle: part("guess-toggle", HTMLButtonElement),
    section: part("guess", HTMLElement),
    stage: part("stage", HTMLElement),
    video,
  },
  {
    onToggle() {
      panel.close();
      cover();
    },
    async openPicture(file) {
      picker.chooseFile();
      await live.start(() => openFile(file));
      return live.state === "on";
    },
  },
);

/** Show no answer. */
function cover() {
  shown = new Map();
  cards.show(shown);
  panel.show(shown);
  overlay.clear();
  announcer.clear();
}

/**
 * @param {Source} source
 * @returns {import("./state/session.js").Origin}
 */
function originOf({ title, url }) {
  if (title.kind === "file") return { kind: url ? "film" : "picture", name: title.name };
  return { kind: title.kind === "camera" ? "camera" : "window", name: "" };
}

/**
 * @param {number} now
 * @param {{width: number, height: number}} frame that was read
 */
function showCalmly(now, frame) {
  if (now - shownAt < CALM_MS && shown.size > 0) return;
  shownAt = now;
  const { all } = live.faces;
  /** @type {Map<number, Reading>} */
  const exact = new Map(
    all.map(({ number, reading }) => [number, withoutHidden(reading, settings.hidden)]),
  );
  const placed = all.map(({ number, reading }) => ({ number, box: reading.box }));
  shown = new Map();
  for (const number of order.update(pictureOrder(placed), now, cards.isHeld)) {
    const reading = guess.isOn ? undefined : exact.get(number); // a covered answer shows nowhere
    if (reading) shown.set(number, steady.hold(number, reading));
  }
  steady.keepOnly(shown.keys());
  cards.show(shown, now);
  panel.show(shown, now);
  announcer.tell(now, shown);
  page.classList.toggle("no-faces", exact.size === 0);
  showTitle();
  if (!settings.record || guess.isPractice) return;
  const seen = live.faces.seenAt(now).map(({ number, reading }) => {
    const key = `${live.generation}-${reading.track}`;
    return { key, number, reading: exact.get(number) ?? reading };
  });
  const pictureOf = (/** @type {Reading} */ { box }) => faceThumbnail(video, box, frame);
  recording.add(Date.now(), seen, {
    position: video.currentTime,
    pictureOf: settings.pictures ? pictureOf : null,
  });
  sessionView.showCalmly(now);
}

/**
 * @param {number} number of the face
 * @param {string} right what the person would say; "" where nobody could tell
 */
function markWrong(number, right) {
  const reading = shown.get(number);
  if (!reading) return;
  const what = answersOf(reading).join("+") || wording.say().unclearWord;
  recording.markWrong(Date.now(), number, what, right);
  sessionView.show();
}

/** @param {number | null} number of the face that is pointed at, on a card or in the picture */
function mark(number) {
  if (number === marked) return;
  marked = number;
  overlay.mark(number);
  cards.mark(number);
}

function showNames() {
  overlay.redraw();
  panel.forget();
  panel.show(shown);
}

function showStatus() {
  const { kind, text } = statusOf(live.state, live.server, live.message);
  status.dataset.kind = kind;
  setText(status, text);
  panel.showStatus(kind, text, live.state === "on");
  guess.showState(live.state);
  sessionView.running = live.isBusy;
  page.classList.toggle("looking-back", !live.isBusy && !recording.isEmpty);
  page.classList.toggle("running", ["on", "paused"].includes(live.state));
  page.classList.toggle("paused", live.state === "paused");
  const { start, stop, pause, goOn } = wording.say();
  setText(button, live.isBusy ? stop : start);
  button.classList.toggle("primary", !live.isBusy);
  setText(pauseButton, live.state === "paused" ? goOn : pause);
  pauseButton.hidden = !["on", "paused"].includes(live.state);
  floatButton.hidden = !canFloat || pauseButton.hidden;
  if ("mediaSession" in navigator) {
    navigator.mediaSession.playbackState = live.state === "on" ? "playing" : "paused";
  }
  if (live.state === "off") void picker.show(null);
  showTitle();
}

function showTitle() {
  const title = titleOf(live.state, live.server, live.faces.all.length);
  if (document.title !== title) document.title = title;
}

function showRate() {
  const on = live.state === "on";
  const summary = on ? live.rates.summary(performance.now()) : null;
  const waiting = on ? "…" : wording.say().off;
  setText(rateLine, summary ? wording.rateText(summary.rate, summary.delay) : waiting);
}

async function float() {
  const { pause, goOn, stop } = wording.say();
  const pauseInside = createButton({ textContent: pause }, () => {
    pauseOrGoOn();
    setText(pauseInside, live.state === "paused" ? goOn : pause);
  });
  const stopInside = createButton({ textContent: stop }, allOff);
  await panel.open(video, [pauseInside, stopInside], onKey, shown.size);
  page.classList.add("floating");
  showStatus();
  panel.show(shown);
  await live.moved();
}

function takeVideoBack() {
  stage.prepend(video);
  page.classList.remove("floating");
  void live.moved();
}

function pauseOrGoOn() {
  if (live.state === "paused") void live.goOn();
  else live.pause();
}

/** Everything off, by one key. */
function allOff() {
  live.stop();
  panel.close();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && !(isTyping(event) && event.target instanceof HTMLInputElement)) {
    allOff();
  } else if (event.key.toLowerCase() === "u" && isCommand(event)) {
    // The face that is pointed at, or the only one.
    const number = marked ?? (shown.size === 1 ? [...shown.keys()][0] : undefined);
    if (number !== undefined) live.takeUsual(number);
  }
}

/** Show all words anew: the settings are others. */
function applySettings() {
  wording.setLanguage(settings.language, navigator.languages);
  wording.setOwnWords(settings.words);
  setOwnSymbols(settings.symbols);
  Object.assign(page.dataset, { mode: settings.mode, shares: settings.shares });
  announcer.enabled = settings.announce;
  overlay.words = settings.mode !== "symbols";
  showTexts();
  updateFigures(crowd, null, "");
  updateFigures(crowd, [...Array(8).fill("happy"), "neutral", "surprise"], "");
  steady.clear();
  cards.forget();
  cards.show(shown);
  panel.forget();
  panel.show(shown);
  if (!settings.boxes) overlay.clear();
  guess.hidden = settings.hidden;
  guess.showTexts();
  sessionView.show();
  showStatus();
  showRate();
  void picker.show(live.title);
}

part("crowd", HTMLElement).append(crowd);
button.addEventListener("click", () => {
  if (live.isBusy) live.stop();
  else void live.start(picker.open);
});
pauseButton.addEventListener("click", pauseOrGoOn);
floatButton.addEventListener("click", () => void float());
stage.addEventListener("pointermove", (event) => mark(overlay.faceAt(event)));
stage.addEventListener("pointerleave", () => mark(null));
stage.addEventListener("click", (event) => {
  const number = overlay.faceAt(event);
  if (number !== null && !video.controls) cards.open(number);
});
document.addEventListener("keydown", onKey);
document.addEventListener("keydown", (event) => {
  const isTyping =
    event.target instanceof Element && event.target.matches("input, select, dialog *");
  if (event.key.toLowerCase() !== "b" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (settings.record && live.state === "on" && !isTyping) sessionView.bookmark();
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  page.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) page.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  page.classList.remove("dropping");
  if (guess.isOn && (event.dataTransfer?.files.length ?? 0) > 1) {
    void guess.practise(event.dataTransfer?.files ?? []);
    return;
  }
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  picker.chooseFile();
  void live.start(() => openFile(file));
});
video.addEventListener("resize", () => {
  page.style.setProperty("--picture", (video.videoWidth / video.videoHeight || 4 / 3).toFixed(4));
});
// Browsers ask in their own words before the page closes.
window.addEventListener("beforeunload", (event) => {
  if (recording.hasUnsaved) event.preventDefault();
});
// Media keys pause the reading where the browser gives them to a page without sound.
for (const action of /** @type {const} */ (["play", "pause"])) {
  navigator.mediaSession?.setActionHandler(action, pauseOrGoOn);
}
navigator.mediaDevices?.addEventListener?.("devicechange", () => void picker.show(live.title));
setInterval(showRate, 500);

const dialog = new SettingsDialog(part("settings", HTMLDialogElement), settings, (changed) => {
  settings = changed;
  keep(settings);
  applySettings();
});
part("open-settings", HTMLButtonElement).addEventListener("click", () => dialog.open());

wording.setServer(location.hostname);
enableCopying(() => wording.say().copied);
applySettings();
live.connect();
