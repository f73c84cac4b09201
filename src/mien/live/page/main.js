/** Puts the parts together: source → frames → connection → faces → boxes and cards. */

import { listCameras, openCamera } from "./camera.js";
import { Cards } from "./cards.js";
import { Connection } from "./connection.js";
import { agreed, enableCopying } from "./consent.js";
import { Faces } from "./faces.js";
import { chooseFile, openFile } from "./file.js";
import { createFigures, updateFigures } from "./figures.js";
import { FrameGrabber } from "./frames.js";
import { Overlay } from "./overlay.js";
import { Rates } from "./rates.js";
import { SourceError } from "./source.js";
import { statusOf } from "./status.js";
import { canShareWindow, openWindow } from "./window.js";
import * as wording from "./wording.js";

/** @typedef {import("./protocol.js").Reading} Reading */
/** @typedef {import("./source.js").Source} Source */

/** Words, figures and colours change at most so often; boxes move with every reading. */
const CALM_MS = 200;
/** An answer that takes longer is late, and the page says so. */
const LATE_MS = 1000;
/** How long the page says that the server is back. */
const BACK_MS = 4000;
/** Values of the picker beside the cameras' ids. */
const WINDOW = "window";
const FILE = "file";

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html lacks #${id}`);
  return found;
}

const page = document.documentElement;
const video = element("video", HTMLVideoElement);
const picker = element("sources", HTMLSelectElement);
const button = element("toggle", HTMLButtonElement);
const status = element("status", HTMLElement);
const rateLine = element("rate", HTMLElement);

const overlay = new Overlay(element("overlay", HTMLCanvasElement));
const cards = new Cards(element("cards", HTMLElement));
const faces = new Faces();
const rates = new Rates();

/** @type {string} a `SourceState` of status.js */
let state = "off";
/** @type {import("./status.js").ServerState} */
let server = "connecting";
let serverMessage = "";
/** @type {Source | null} */
let source = null;
/** Counts attempts to start: an older one that succeeds late must not go on. */
let attempt = 0;
/** Frames up to this sequence were taken before the last stop; their answers come too late. */
let staleUpTo = 0;
let lastSent = 0;
/** When the page began to wait for an answer; null while no frame is on its way. */
let waitingSince = /** @type {number | null} */ (null);
/** What cards, colours and labels tell, by face number. @type {Map<number, Reading>} */
let shown = new Map();
let shownAt = 0;

const connection = new Connection(`ws://${location.host}/live`, {
  onState(now, message) {
    const returned = now === "ready" && server === "away";
    // A server that starts again is away until it can read.
    if (now === "loading" && server === "away") return;
    server = returned ? "back" : now;
    serverMessage = message;
    if (returned) {
      setTimeout(() => {
        if (server === "back") server = "ready";
        showStatus();
      }, BACK_MS);
    }
    if (now === "away") forget();
    showStatus();
  },
  onReadings(answer) {
    if (state !== "on" || answer.sequence <= staleUpTo) return;
    const now = performance.now();
    waitingSince = answer.sequence < lastSent ? now : null;
    if (server === "delayed") {
      server = "ready";
      showStatus();
    }
    faces.update(answer.readings, now);
    showCalmly(now);
    overlay.draw(faces.seenAt(now), shown, answer.width, answer.height);
    rates.add(now, now - answer.capture_time);
    document.dispatchEvent(new CustomEvent("mien:readings", { detail: { answer, shown: now } }));
  },
  onCredit: () => grabber.poke(),
});

const grabber = new FrameGrabber(
  video,
  () => connection.hasCredit,
  (picture) => {
    lastSent = connection.send(picture) ?? lastSent;
    waitingSince ??= performance.now();
  },
);

/** @param {number} now */
function showCalmly(now) {
  if (now - shownAt < CALM_MS && shown.size > 0) return;
  shownAt = now;
  shown = new Map(faces.all.map((face) => [face.number, face.reading]));
  cards.show(shown);
  page.classList.toggle("no-faces", shown.size === 0);
}

/** Wipe what was read: it would be old. */
function forget() {
  staleUpTo = lastSent;
  waitingSince = null;
  faces.clear();
  rates.clear();
  shown = new Map();
  cards.show(shown);
  overlay.clear();
  page.classList.remove("no-faces");
  showRate();
}

function showStatus() {
  const { kind, text } = statusOf(state, server, serverMessage);
  status.dataset["kind"] = kind;
  if (status.textContent !== text) status.textContent = text;
}

/** Say that answers are late, so that nobody takes old readings for new. */
function showDelay() {
  const late = waitingSince !== null && performance.now() - waitingSince > LATE_MS;
  if (!late || state !== "on" || server !== "ready") return;
  server = "delayed";
  showStatus();
}

function showRate() {
  const summary = state === "on" ? rates.summary(performance.now()) : null;
  const waiting = state === "on" ? "…" : wording.OFF;
  rateLine.textContent = summary ? wording.rateText(summary.rate, summary.delay) : waiting;
}

/** @param {string} next */
function setState(next) {
  state = next;
  page.classList.toggle("running", state === "on");
  const busy = state === "on" || state === "starting";
  button.textContent = busy ? wording.STOP : wording.START;
  button.classList.toggle("primary", !busy);
  showStatus();
}

/** @returns {Promise<Source>} what the picker says */
async function openChosen() {
  if (picker.value === FILE) return chooseFile();
  if (picker.value !== WINDOW) return openCamera(picker.value);
  if (!(await agreed())) throw new SourceError("off", null);
  return openWindow();
}

/** @param {() => Promise<Source>} open */
async function start(open) {
  stop("starting");
  const own = ++attempt;
  let opened;
  try {
    opened = await open();
  } catch (error) {
    // The person may have pressed Stop while the browser asked.
    if (own === attempt && state === "starting") {
      setState(error instanceof SourceError ? error.problem : "failed");
    }
    return;
  }
  if (own !== attempt || state !== "starting") {
    opened.close();
    return;
  }
  source = opened;
  const [track] = opened.stream?.getVideoTracks() ?? [];
  track?.addEventListener("ended", () => {
    if (source === opened && opened.ended) stop(opened.ended);
  });
  video.controls = opened.url !== "";
  video.ariaHidden = String(!video.controls);
  if (opened.stream) video.srcObject = opened.stream;
  else video.src = opened.url;
  await video.play().catch(() => undefined); // Stop was pressed meanwhile
  if (source !== opened) return;
  setState("on");
  grabber.start();
  await showSources(track?.getSettings().deviceId);
}

/** @param {string} next the state afterwards */
function stop(next = "off") {
  grabber.stop();
  source?.close();
  source = null;
  video.srcObject = null;
  if (video.src) {
    video.removeAttribute("src");
    video.load(); // or the file stays open
  }
  setState(next);
  forget();
}

/** @param {string} [camera] device id of the camera in use */
async function showSources(camera) {
  const cameras = await listCameras();
  const chosen = [WINDOW, FILE].includes(picker.value) ? picker.value : (camera ?? picker.value);
  const options = cameras.map(({ id, label }, index) => {
    return new Option(label || wording.cameraName(index + 1), id);
  });
  if (options.length === 0) options.push(new Option(wording.NO_CAMERA, ""));
  if (canShareWindow) options.push(new Option(wording.WINDOW, WINDOW));
  options.push(new Option(wording.FILE, FILE));
  picker.replaceChildren(...options);
  picker.value = chosen;
  if (picker.selectedIndex < 0) picker.selectedIndex = 0;
}

for (const place of document.querySelectorAll("[data-text]")) {
  place.textContent = wording.TEXTS[place.getAttribute("data-text") ?? ""] ?? "";
}
const crowd = createFigures();
updateFigures(crowd, [...Array(8).fill("happy"), "neutral", "surprise"], "");
element("crowd", HTMLElement).append(crowd);
button.addEventListener("click", () => {
  if (state === "on" || state === "starting") stop();
  else void start(openChosen);
});
picker.addEventListener("change", () => {
  if (state === "on") void start(openChosen);
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
  void start(() => openFile(file));
});
video.addEventListener("resize", () => {
  page.style.setProperty("--picture", `${video.videoWidth} / ${video.videoHeight}`);
});
navigator.mediaDevices?.addEventListener?.("devicechange", () => void showSources());
setInterval(showRate, 500);
setInterval(showDelay, 250);

enableCopying(wording.COPIED);
setState("off");
showRate();
void showSources();
connection.open();
