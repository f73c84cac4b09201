/** Puts the parts together: what goes on (live.js) and what of it is seen, heard and kept. */

import { listCameras, openCamera } from "./sources/camera.js";
import { chooseFile, openFile } from "./sources/file.js";
import { SourceError } from "./sources/source.js";
import { canShareWindow, openWindow } from "./sources/window.js";
import { withoutHidden } from "./state/hidden.js";
import { Live } from "./state/live.js";
import { Recording } from "./state/recording.js";
import { keep, load } from "./state/settings.js";
import { answersOf } from "./state/votes.js";
import * as wording from "./texts/wording.js";
import { Announcer } from "./views/announcer.js";
import { Cards } from "./views/cards.js";
import { agreed, enableCopying } from "./views/consent.js";
import { button as createButton, part } from "./views/elements.js";
import { createFigures, updateFigures } from "./views/figures.js";
import { Overlay } from "./views/overlay.js";
import { canFloat, Panel } from "./views/panel.js";
import { SessionView } from "./views/session-view.js";
import { SettingsDialog } from "./views/settings-dialog.js";
import { statusOf } from "./views/status.js";
import { setOwnSymbols } from "./views/symbols.js";
import { thumbnail } from "./views/thumbnail.js";

/** @typedef {import("./network/protocol.js").Reading} Reading */
/** @typedef {import("./sources/source.js").Source} Source */

/** Words, figures and colours change at most so often; boxes move with every reading. */
const CALM_MS = 200;
/** Values of the picker beside the cameras' ids. */
const WINDOW = "window";
const FILE = "file";

const page = document.documentElement;
const video = part("video", HTMLVideoElement);
const picker = part("sources", HTMLSelectElement);
const button = part("toggle", HTMLButtonElement);
const pauseButton = part("pause", HTMLButtonElement);
const floatButton = part("float", HTMLButtonElement);
const status = part("status", HTMLElement);
const rateLine = part("rate", HTMLElement);

let settings = load();
const overlay = new Overlay(part("overlay", HTMLCanvasElement));
const cards = new Cards(part("cards", HTMLElement), markWrong);
const announcer = new Announcer(part("announcer", HTMLElement));
const panel = new Panel(takeVideoBack);
const recording = new Recording();
const sessionView = new SessionView(part("session", HTMLElement), recording);
const crowd = createFigures();
/** What cards, colours and labels tell, by face number. @type {Map<number, Reading>} */
let shown = new Map();
let shownAt = 0;

const live = new Live(video, `${location.protocol.replace("http", "ws")}//${location.host}/live`, {
  onStatus: showStatus,
  onStart(camera, source) {
    recording.begin(originOf(source));
    void showSources(camera);
  },
  onReadings(answer, now) {
    showCalmly(now, answer.width);
    if (settings.boxes) {
      overlay.draw(live.faces.seenAt(now), shown, answer.width, answer.height);
    }
    document.dispatchEvent(new CustomEvent("mien:readings", { detail: { answer, shown: now } }));
  },
  onForget() {
    shown = new Map();
    cards.show(shown);
    panel.show(shown);
    overlay.clear();
    announcer.clear();
    sessionView.show();
    page.classList.remove("no-faces");
    showRate();
  },
});

/**
 * @param {Source} source
 * @returns {import("./state/session.js").Origin}
 */
function originOf({ name, url }) {
  if (name) return { kind: url ? "film" : "picture", name };
  return { kind: picker.value === WINDOW ? "window" : "camera", name: "" };
}

/**
 * @param {number} now
 * @param {number} width of the frame
 */
function showCalmly(now, width) {
  if (now - shownAt < CALM_MS && shown.size > 0) return;
  shownAt = now;
  shown = new Map(
    live.faces.all.map(({ number, reading }) => [number, withoutHidden(reading, settings.hidden)]),
  );
  cards.show(shown);
  panel.show(shown);
  announcer.tell(now, shown);
  page.classList.toggle("no-faces", shown.size === 0);
  if (!settings.record) return;
  const seen = live.faces.seenAt(now).map(({ number, reading }) => {
    const key = `${live.generation}-${reading.track}`;
    return { key, number, reading: shown.get(number) ?? reading };
  });
  const pictureOf = (/** @type {Reading} */ { box }) => thumbnail(video, box, width);
  recording.add(Date.now(), seen, {
    position: video.currentTime,
    pictureOf: settings.pictures ? pictureOf : null,
  });
  sessionView.showCalmly(now);
}

/** @param {number} number */
function markWrong(number) {
  const reading = shown.get(number);
  if (!reading) return;
  const what = answersOf(reading).join("+") || wording.say().unclearWord;
  recording.markWrong(Date.now(), number, what);
  sessionView.show();
}

function showStatus() {
  const { kind, text } = statusOf(live.state, live.server, live.message);
  status.dataset.kind = kind;
  if (status.textContent !== text) status.textContent = text;
  panel.showStatus(kind, text);
  sessionView.running = live.isBusy;
  page.classList.toggle("looking-back", !live.isBusy && !recording.isEmpty);
  page.classList.toggle("running", ["on", "paused"].includes(live.state));
  page.classList.toggle("paused", live.state === "paused");
  const { start, stop, pause, goOn } = wording.say();
  button.textContent = live.isBusy ? stop : start;
  button.classList.toggle("primary", !live.isBusy);
  pauseButton.textContent = live.state === "paused" ? goOn : pause;
  pauseButton.hidden = !["on", "paused"].includes(live.state);
  floatButton.hidden = !canFloat || pauseButton.hidden;
}

function showRate() {
  const on = live.state === "on";
  const summary = on ? live.rates.summary(performance.now()) : null;
  const waiting = on ? "…" : wording.say().off;
  rateLine.textContent = summary ? wording.rateText(summary.rate, summary.delay) : waiting;
}

/** @returns {Promise<Source>} what the picker says */
async function openChosen() {
  if (picker.value === FILE) return chooseFile();
  if (picker.value !== WINDOW) return openCamera(picker.value);
  if (!(await agreed())) throw new SourceError("off", null);
  return openWindow();
}

/** @param {string} [camera] device id of the camera in use */
async function showSources(camera) {
  const cameras = await listCameras();
  const chosen = [WINDOW, FILE].includes(picker.value) ? picker.value : (camera ?? picker.value);
  const texts = wording.say();
  const options = cameras.map(({ id, label }, index) => {
    return new Option(label || wording.fill(texts.camera, { number: index + 1 }), id);
  });
  if (options.length === 0) options.push(new Option(texts.noCamera, ""));
  if (canShareWindow) options.push(new Option(texts.window, WINDOW));
  options.push(new Option(texts.file, FILE));
  picker.replaceChildren(...options);
  picker.value = chosen;
  if (picker.selectedIndex < 0) picker.selectedIndex = 0;
}

async function float() {
  const stop = createButton({ textContent: wording.say().stop }, allOff);
  await panel.open(video, [stop], onKey);
  page.classList.add("floating");
  showStatus();
  await live.moved();
}

function takeVideoBack() {
  document.querySelector(".stage")?.prepend(video);
  page.classList.remove("floating");
  void live.moved();
}

/** Everything off, by one key. */
function allOff() {
  live.stop();
  panel.close();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) allOff();
}

/** Show all words anew: the settings are others. */
function applySettings() {
  wording.setLanguage(settings.language, navigator.languages);
  wording.setOwnWords(settings.words);
  setOwnSymbols(settings.symbols);
  page.lang = wording.language;
  Object.assign(page.dataset, { mode: settings.mode, shares: settings.shares });
  announcer.enabled = settings.announce;
  overlay.words = settings.mode !== "symbols";
  const texts = /** @type {Record<string, unknown>} */ (wording.say());
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = String(texts[place.getAttribute("data-text") ?? ""] ?? "");
  }
  for (const place of document.querySelectorAll("[data-label]")) {
    const label = String(texts[place.getAttribute("data-label") ?? ""] ?? "");
    place.ariaLabel = label;
    if (place instanceof HTMLInputElement) place.placeholder = label;
  }
  updateFigures(crowd, null, "");
  updateFigures(crowd, [...Array(8).fill("happy"), "neutral", "surprise"], "");
  cards.forget();
  cards.show(shown);
  panel.forget();
  panel.show(shown);
  if (!settings.boxes) overlay.clear();
  sessionView.show();
  showStatus();
  showRate();
  void showSources();
}

part("crowd", HTMLElement).append(crowd);
button.addEventListener("click", () => {
  if (live.isBusy) live.stop();
  else void live.start(openChosen);
});
pauseButton.addEventListener("click", () => {
  if (live.state === "paused") void live.goOn();
  else live.pause();
});
floatButton.addEventListener("click", () => void float());
picker.addEventListener("change", () => {
  if (live.state === "on") void live.start(openChosen);
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
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  picker.value = FILE;
  void live.start(() => openFile(file));
});
video.addEventListener("resize", () => {
  page.style.setProperty("--picture", `${video.videoWidth} / ${video.videoHeight}`);
});
navigator.mediaDevices?.addEventListener?.("devicechange", () => void showSources());
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
