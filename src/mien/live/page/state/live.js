/** Live reading: source → frames → connection → faces. A listener is told what to show. */

import { Connection } from "../network/connection.js";
import { askSignIn } from "../network/sign-in.js";
import { FrameGrabber } from "../sources/frames.js";
import { SourceError } from "../sources/source.js";
import { Faces } from "./faces.js";
import { Rates } from "./rates.js";

/** @typedef {import("../network/protocol.js").ReadingsAnswer} ReadingsAnswer */
/** @typedef {import("../sources/source.js").Source} Source */

/**
 * @typedef {object} Listener
 * @property {() => void} onStatus called when `state`, `server` or `message` changed
 * @property {(answer: ReadingsAnswer, now: number) => void} onReadings called with an answer once `faces` has it
 * @property {() => void} onForget called when all earlier readings are out of date
 * @property {(camera: string | undefined, source: Source) => void} onStart called when a source is open
 * @property {() => void} onKept called when the person did not choose another source after all
 * @property {(number: number, taken: boolean) => void} onUsual called with whether a usual face was taken
 */

/** Milliseconds after which an answer is late, and the page says so. */
const LATE_MS = 1000;
/** Milliseconds after which no answer will come: the network is gone without notice. */
const GONE_MS = 10_000;
/** Milliseconds for which the page says that the server is back. */
const BACK_MS = 4000;

export class Live {
  /** @type {string} a `SourceState` of status.js */
  state = "off";
  /** @type {import("../views/status.js").ServerState} */
  server = "connecting";
  /** The server's own words, if it failed. */
  message = "";
  faces = new Faces();
  rates = new Rates();
  /** Number of times that everything was forgotten: a track's number is valid only in between. */
  generation = 0;

  #video;
  #listener;
  #connection;
  #grabber;
  /** @type {Source | null} */
  #source = null;
  /** Number of attempts to start: an older one that succeeds late must end. */
  #attempt = 0;
  /** Last sequence number before the last stop; answers up to it come too late. */
  #staleUpTo = 0;
  #lastSent = 0;
  /** Time at which the page began to wait for an answer; null while no frame is under way. */
  #waitingSince = /** @type {number | null} */ (null);

  /**
   * @param {HTMLVideoElement} video
   * @param {string} url of the server's WebSocket
   * @param {Listener} listener
   */
  constructor(video, url, listener) {
    this.#video = video;
    this.#listener = listener;
    this.#connection = new Connection(url, {
      onState: (state, message) => this.#hear(state, message),
      onReadings: (answer) => this.#take(answer),
      onUsual: ({ track, taken }) => {
        const face = this.faces.all.find(({ reading }) => reading.track === track);
        if (face) this.#listener.onUsual(face.number, taken);
      },
      onCredit: () => this.#grabber.poke(),
    });
    this.#grabber = new FrameGrabber(
      video,
      () => this.#connection.hasCredit,
      (picture) => {
        this.#lastSent = this.#connection.send(picture) ?? this.#lastSent;
        this.#waitingSince ??= performance.now();
      },
    );
    // A film can turn out to be damaged, or its file gone, in the middle.
    video.addEventListener("error", () => {
      if (video.error && this.#source?.url) this.stop("unreadable");
    });
  }

  connect() {
    this.#connection.open();
    setInterval(() => this.#checkDelay(), 250);
  }

  /** The sign-in has ended: stop reading. */
  signOut() {
    this.#connection.end();
  }

  /** Whether a source is open or opening. */
  get isBusy() {
    return ["on", "starting", "paused"].includes(this.state);
  }

  /** Title of the open source, if any. @returns {import("../sources/source.js").Title | null} */
  get title() {
    return this.#source?.title ?? null;
  }

  /**
   * Say that a face looks as the person usually does.
   * @param {number} number
   */
  takeUsual(number) {
    const face = this.faces.all.find((face) => face.number === number);
    if (face) this.#connection.takeUsual(face.reading.track);
  }

  /**
   * @param {() => Promise<Source>} open
   * @param {boolean} [asks] whether the person is asked first, and may cancel: the present source is
   *   read until then
   */
  async start(open, asks = false) {
    if (this.server === "signed-out") return; // a file can be dropped at any time
    const kept = asks ? this.#source : null;
    if (!kept) this.stop("starting");
    const own = ++this.#attempt;
    let opened;
    try {
      opened = await open();
    } catch (error) {
      const problem = error instanceof SourceError ? error.problem : "failed";
      // The person may have pressed Stop while the browser asked for permission.
      if (own !== this.#attempt || !this.#awaits(kept)) return;
      if (!kept) this.#setState(problem);
      else if (["off", "windowDenied"].includes(problem)) this.#listener.onKept();
      else this.stop(problem);
      return;
    }
    if (own !== this.#attempt || !this.#awaits(kept)) {
      opened.close();
      return;
    }
    if (kept) this.stop("starting");
    this.#source = opened;
    const [track] = opened.stream?.getVideoTracks() ?? [];
    track?.addEventListener("ended", () => {
      if (this.#source === opened && opened.ended) this.stop(opened.ended);
    });
    const video = this.#video;
    video.controls = opened.url !== "";
    video.ariaHidden = String(!video.controls);
    if (opened.stream) video.srcObject = opened.stream;
    else video.src = opened.url;
    await video.play().catch(() => undefined); // Stop was pressed meanwhile
    if (this.#source !== opened) return;
    this.#setState("on");
    this.#grabber.start();
    this.#listener.onStart(track?.getSettings().deviceId, opened);
  }

  /**
   * Return whether the source being opened is still wanted.
   * @param {Source | null} kept source that is read meanwhile
   */
  #awaits(kept) {
    return kept ? this.#source === kept : this.state === "starting";
  }

  /** @param {string} next the state afterwards */
  stop(next = "off") {
    this.#grabber.stop();
    this.#source?.close();
    this.#source = null;
    const video = this.#video;
    video.srcObject = null;
    if (video.src) {
      video.removeAttribute("src");
      video.load(); // or the file stays open
    }
    this.#setState(next);
    this.#forget();
  }

  /** Stop reading for a while; the source stays open. */
  pause() {
    if (this.state !== "on") return;
    this.#grabber.stop();
    this.#video.pause();
    this.#setState("paused");
    this.#forget();
  }

  async goOn() {
    if (this.state !== "paused") return;
    this.#setState("on");
    await this.moved();
  }

  /**
   * The video moved to another document or stopped: take frames from where it is now.
   * @param {boolean} [plays] whether it goes on: a film that has ended would begin again
   */
  async moved(plays = true) {
    if (!this.#isOn) return;
    this.#grabber.stop();
    if (plays) await this.#video.play().catch(() => undefined);
    if (this.#isOn) this.#grabber.start();
  }

  get #isOn() {
    return this.state === "on";
  }

  /**
   * @param {"connecting" | "loading" | "ready" | "full" | "failed" | "away" | "signed-out"} now
   * @param {string} message
   */
  #hear(now, message) {
    const returned = now === "ready" && ["away", "back"].includes(this.server);
    // A restarting server counts as away until it can read.
    if (now === "loading" && this.server === "away") return;
    this.server = returned ? "back" : now;
    this.message = message;
    if (returned) {
      setTimeout(() => {
        if (this.server === "back") this.server = "ready";
        this.#listener.onStatus();
      }, BACK_MS);
    }
    if (now === "away" || now === "full") this.#forget();
    if (now === "signed-out") this.stop();
    this.#listener.onStatus();
    if (now === "away") void this.#askSignIn();
  }

  /** Sign out if the server asks for its token again: it will not come back by itself. */
  async #askSignIn() {
    if ((await askSignIn()) === "out") this.#connection.end();
  }

  /** @param {ReadingsAnswer} answer */
  #take(answer) {
    if (this.state !== "on" || answer.sequence <= this.#staleUpTo) return;
    const now = performance.now();
    this.#waitingSince = answer.sequence < this.#lastSent ? now : null;
    if (this.server === "delayed") {
      this.server = "ready";
      this.#listener.onStatus();
    }
    this.faces.update(answer.readings, now);
    this.rates.add(now, now - answer.capture_time);
    this.#listener.onReadings(answer, now);
  }

  /** Say that answers are late, so that nobody takes old readings for new ones. */
  #checkDelay() {
    const waiting = this.#waitingSince;
    const delay = waiting === null ? 0 : performance.now() - waiting;
    if (delay > GONE_MS && this.server === "delayed") this.#connection.renew();
    const isLate = delay > LATE_MS || this.#isBlind;
    if (!isLate || this.state !== "on" || this.server !== "ready") return;
    this.server = "delayed";
    this.#listener.onStatus();
  }

  /** Whether a camera hangs or is covered, or a shared window is minimized: it gives no new picture. */
  get #isBlind() {
    const [track] = this.#source?.stream?.getVideoTracks() ?? [];
    return Boolean(this.#source?.ended && track?.muted);
  }

  /** @param {string} next */
  #setState(next) {
    this.state = next;
    this.#listener.onStatus();
  }

  /** Wipe all readings: they would be out of date. */
  #forget() {
    this.#staleUpTo = this.#lastSent;
    this.#waitingSince = null;
    this.generation += 1;
    this.faces.clear();
    this.rates.clear();
    this.#listener.onForget();
  }
}
