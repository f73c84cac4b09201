/** Puts the parts together: camera → frames → connection → faces → boxes and cards. */

import { CameraError, closeCamera, listCameras, openCamera } from "./camera.js";
import { Cards } from "./cards.js";
import { Connection } from "./connection.js";
import { Faces } from "./faces.js";
import { createFigures, updateFigures } from "./figures.js";
import { FrameGrabber } from "./frames.js";
import { Overlay } from "./overlay.js";
import { Rates } from "./rates.js";
import { statusOf } from "./status.js";
import * as wording from "./wording.js";

/** @typedef {import("./protocol.js").Reading} Reading */

/** Words, figures and colours change at most so often; boxes move with every reading. */
const CALM_MS = 200;
/** How long the page says that the server is back. */
const BACK_MS = 4000;

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
const picker = element("cameras", HTMLSelectElement);
const button = element("toggle", HTMLButtonElement);
const status = element("status", HTMLElement);
const rateLine = element("rate", HTMLElement);

const overlay = new Overlay(element("overlay", HTMLCanvasElement));
const cards = new Cards(element("cards", HTMLElement));
const faces = new Faces();
const rates = new Rates();

/** @type {string} a `CameraState` of status.js */
let camera = "off";
/** @type {import("./status.js").ServerState} */
let server = "connecting";
let serverMessage = "";
/** @type {MediaStream | null} */
let stream = null;
/** Frames up to this sequence were taken before the last stop; their answers come too late. */
let staleUpTo = 0;
let lastSent = 0;
/** What cards, colours and labels tell, by face number. @type {Map<number, Reading>} */
let shown = new Map();
let shownAt = 0;

const connection = new Connection(`ws://${location.host}/live`, {
  onState(state, message) {
    const returned = state === "ready" && server === "away";
    // A server that starts again is away until it can read.
    if (state === "loading" && server === "away") return;
    server = returned ? "back" : state;
    serverMessage = message;
    if (returned) {
      setTimeout(() => {
        if (server === "back") server = "ready";
        showStatus();
      }, BACK_MS);
    }
    if (state === "away") forget();
    showStatus();
  },
  onReadings(answer) {
    if (camera !== "on" || answer.sequence <= staleUpTo) return;
    const now = performance.now();
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
  faces.clear();
  rates.clear();
  shown = new Map();
  cards.show(shown);
  overlay.clear();
  page.classList.remove("no-faces");
  showRate();
}

function showStatus() {
  const { kind, text } = statusOf(camera, server, serverMessage);
  status.dataset["kind"] = kind;
  if (status.textContent !== text) status.textContent = text;
}

function showRate() {
  const summary = camera === "on" ? rates.summary(performance.now()) : null;
  const waiting = camera === "on" ? "…" : wording.CAMERA_OFF;
  rateLine.textContent = summary ? wording.rateText(summary.rate, summary.delay) : waiting;
}

/** @param {string} state */
function setCamera(state) {
  camera = state;
  page.classList.toggle("running", state === "on");
  const busy = state === "on" || state === "starting";
  button.textContent = busy ? wording.STOP : wording.START;
  button.classList.toggle("primary", !busy);
  showStatus();
}

async function start() {
  setCamera("starting");
  let opened;
  try {
    opened = await openCamera(picker.value);
  } catch (error) {
    // The person may have pressed Stop while the browser asked.
    if (camera === "starting") {
      setCamera(error instanceof CameraError ? error.problem : "failed");
    }
    return;
  }
  if (camera !== "starting" || stream) {
    closeCamera(opened);
    return;
  }
  stream = opened;
  const [track] = opened.getVideoTracks();
  track?.addEventListener("ended", () => {
    if (stream === opened) stop("unplugged");
  });
  video.srcObject = opened;
  await video.play().catch(() => undefined); // Stop was pressed meanwhile
  if (stream !== opened) return;
  setCamera("on");
  grabber.start();
  await showCameras(track?.getSettings().deviceId);
}

/** @param {string} state the camera's afterwards */
function stop(state = "off") {
  grabber.stop();
  if (stream) closeCamera(stream);
  stream = null;
  video.srcObject = null;
  setCamera(state);
  forget();
}

/** @param {string} [chosen] device id of the camera in use */
async function showCameras(chosen = picker.value) {
  const found = await listCameras();
  const options = found.map(({ id, label }, index) => {
    return new Option(label || wording.cameraName(index + 1), id, false, id === chosen);
  });
  if (options.length === 0) options.push(new Option(wording.NO_CAMERA, ""));
  picker.replaceChildren(...options);
  picker.disabled = options.length < 2;
}

for (const place of document.querySelectorAll("[data-text]")) {
  place.textContent = wording.TEXTS[place.getAttribute("data-text") ?? ""] ?? "";
}
const crowd = createFigures();
updateFigures(crowd, [...Array(8).fill("happy"), "neutral", "surprise"], "");
element("crowd", HTMLElement).append(crowd);
button.addEventListener("click", () => (stream || camera === "starting" ? stop() : start()));
picker.addEventListener("change", () => {
  if (camera !== "on") return;
  stop();
  void start();
});
video.addEventListener("resize", () => {
  page.style.setProperty("--picture", `${video.videoWidth} / ${video.videoHeight}`);
});
navigator.mediaDevices?.addEventListener?.("devicechange", () => void showCameras());
setInterval(showRate, 500);

setCamera("off");
showRate();
void showCameras();
connection.open();
