/** Connect the parts: the live state (state/live.js) and what is seen, heard and kept of it. */

import { openFile } from "./sources/file.js";
import { originOf } from "./sources/source.js";
import { Live } from "./state/live.js";
import { Recording } from "./state/recording.js";
import { keep, load } from "./state/settings.js";
import { Shown } from "./state/shown.js";
import { answersOf } from "./state/votes.js";
import * as wording from "./texts/wording.js";
import { Announcer } from "./views/announcer.js";
import { Cards } from "./views/cards.js";
import { enableCopying } from "./views/consent.js";
import { Controls } from "./views/controls.js";
import { enableDropping } from "./views/drop.js";
import { part, setText } from "./views/elements.js";
import { createFigures, updateFigures } from "./views/figures.js";
import { Guess } from "./views/guess.js";
import { isCommand, isTyping } from "./views/keys.js";
import { Overlay } from "./views/overlay.js";
import { showTexts, titleOf } from "./views/page-texts.js";
import { Panel } from "./views/panel.js";
import { SessionView } from "./views/session-view.js";
import { SettingsDialog } from "./views/settings-dialog.js";
import { enableSigningOut, hideSigningOut } from "./views/sign-out.js";
import { SourcePicker } from "./views/source-picker.js";
import { statusOf } from "./views/status.js";
import { setOwnSymbols } from "./views/symbols.js";
import { faceThumbnail, Thumbnails } from "./views/thumbnail.js";

/** @typedef {import("./network/protocol.js").Reading} Reading */

const page = document.documentElement;
const video = part("video", HTMLVideoElement);
const stage = part("stage", HTMLElement);
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
  // Paused, "Continue" would read another source than the picker says.
  if (live.isBusy) void live.start(picker.open, picker.asks);
});
const recording = new Recording();
const sessionView = new SessionView(part("session", HTMLElement), recording);
const crowd = createFigures();
const shown = new Shown();
/** Number of the face that the person points at. @type {number | null} */
let marked = null;

const live = new Live(video, `${location.protocol.replace("http", "ws")}//${location.host}/live`, {
  onStatus: showStatus,
  onStart(camera, source) {
    recording.begin(originOf(source));
    void picker.show(live.title, camera);
  },
  onKept: () => picker.takeBack(),
  onReadings(answer, now) {
    showCalmly(now, answer);
    const seen = live.faces.seenAt(now);
    if (guess.isOn) guess.see(now, seen, answer);
    else if (settings.boxes) overlay.draw(seen, shown.readings, answer.width, answer.height);
    thumbnails.draw(now, seen, answer, (number) => {
      return [cards.pictureOf(number), panel.pictureOf(number)].filter((it) => it !== undefined);
    });
    document.dispatchEvent(new CustomEvent("mien:readings", { detail: { answer, shown: now } }));
  },
  onForget() {
    shown.clear();
    panel.release();
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
    closePicture: () => live.stop(),
  },
);

const controls = new Controls({
  onStart: () => void live.start(picker.open),
  onStop: () => live.stop(),
  onPause: () => live.pause(),
  onGoOn: () => void live.goOn(),
  onFloat: () => void float(),
  onAllOff: allOff,
});

/** Hide all answers. */
function cover() {
  shown.cover();
  cards.forget();
  cards.show(shown.readings);
  panel.show(shown.readings);
  overlay.clear();
  announcer.clear();
}

/**
 * @param {number} now
 * @param {{width: number, height: number}} frame size of the frame that was read
 */
function showCalmly(now, frame) {
  const { hidden } = settings;
  const { all } = live.faces;
  if (!shown.update(now, all, { hidden, isHeld: cards.isHeld, isCovered: guess.isOn })) return;
  cards.show(shown.readings, now);
  panel.show(shown.readings, now);
  announcer.tell(now, shown.readings);
  page.classList.toggle("no-faces", all.length === 0);
  showTitle();
  if (!settings.record || guess.isPractice) return;
  const seen = live.faces.seenAt(now).map(({ number, reading }) => {
    const key = `${live.generation}-${reading.track}`;
    return { key, number, reading: shown.exact.get(number) ?? reading };
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
 * @param {string} right what the person would say; "" if nobody could tell
 */
function markWrong(number, right) {
  const reading = shown.readings.get(number);
  if (!reading) return;
  recording.markWrong(Date.now(), number, answersOf(reading).join("+"), right);
  sessionView.show();
}

/** @param {number | null} number number of the face pointed at, on a card or in the picture */
function mark(number) {
  if (number === marked) return;
  marked = number;
  overlay.mark(number);
  cards.mark(number);
}

function showNames() {
  overlay.redraw();
  panel.forget();
  panel.show(shown.readings);
}

function showStatus() {
  const { kind, text } = statusOf(live.state, live.server, live.message);
  status.dataset.kind = kind;
  setText(status, text);
  panel.showStatus(kind, text, live.state === "on");
  guess.showState(live.state);
  sessionView.running = live.isBusy;
  const isSignedOut = live.server === "signed-out"; // then the instructions come first
  if (isSignedOut) hideSigningOut();
  page.classList.toggle("looking-back", !live.isBusy && !recording.isEmpty && !isSignedOut);
  page.classList.toggle("running", ["on", "paused"].includes(live.state));
  page.classList.toggle("paused", live.state === "paused");
  controls.show(live.state, isSignedOut);
  if (!live.isBusy) void picker.show(null);
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

/** Whether the video plays; a film that the person paused, or that has ended, does not. */
const plays = () => !video.controls || !video.paused;

async function float() {
  const isPlaying = plays();
  await panel.open(video, controls.inside, onKey, shown.readings.size);
  page.classList.add("floating");
  showStatus();
  panel.show(shown.readings);
  await live.moved(isPlaying);
}

function takeVideoBack() {
  const isPlaying = plays();
  stage.prepend(video);
  page.classList.remove("floating");
  void live.moved(isPlaying);
}

/** Turn everything off, by one key. */
function allOff() {
  live.stop();
  panel.close();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  // An open dialog has the page's keys, but not those of the small window.
  if ((event.view ?? window).document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && !(isTyping(event) && event.target instanceof HTMLInputElement)) {
    allOff();
  } else if (event.key.toLowerCase() === "u" && isCommand(event)) {
    // The face pointed at, or the only one.
    const all = [...shown.readings.keys()];
    const number = marked ?? (all.length === 1 ? all[0] : undefined);
    if (number !== undefined) live.takeUsual(number);
  } else if (event.key.toLowerCase() === "b" && isCommand(event)) {
    if (settings.record && live.state === "on") sessionView.bookmark();
  }
}

/** Show all words again after the settings changed. */
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
  shown.release();
  cards.forget();
  cards.show(shown.readings);
  panel.forget();
  panel.show(shown.readings);
  if (!settings.boxes) overlay.clear();
  guess.hidden = settings.hidden;
  guess.showTexts();
  sessionView.show();
  showStatus();
  showRate();
  void picker.show(live.title);
}

part("crowd", HTMLElement).append(crowd);
stage.addEventListener("pointermove", (event) => mark(overlay.faceAt(event)));
stage.addEventListener("pointerleave", () => mark(null));
stage.addEventListener("click", (event) => {
  const number = overlay.faceAt(event);
  if (number !== null && !video.controls) cards.open(number);
});
document.addEventListener("keydown", onKey);
enableDropping((files) => {
  const [file] = files;
  if (guess.isOn && files.length > 1) {
    void guess.practise(files);
  } else if (file) {
    picker.chooseFile();
    void live.start(() => openFile(file));
  }
});
video.addEventListener("resize", () => {
  page.style.setProperty("--picture", (video.videoWidth / video.videoHeight || 4 / 3).toFixed(4));
});
// Browsers then ask in their own words before the page closes.
window.addEventListener("beforeunload", (event) => {
  if (recording.hasUnsaved) event.preventDefault();
});
navigator.mediaDevices?.addEventListener?.("devicechange", () => void picker.show(live.title));
setInterval(showRate, 500);

const dialog = new SettingsDialog(part("settings", HTMLDialogElement), settings, (changed) => {
  settings = changed;
  keep(settings);
  applySettings();
});
part("open-settings", HTMLButtonElement).addEventListener("click", () => dialog.open());
void enableSigningOut(() => {
  dialog.close();
  live.signOut();
});

wording.setServer(location.hostname);
enableCopying(() => wording.say().copied);
applySettings();
live.connect();
