/**
 * Every text of the page, in one place.
 *
 * A face shows an expression, not what the person feels: "looks happy", "8 of 10 people would say
 * happy", never "is happy".
 */

/** Texts of elements with `data-text`. @type {Readonly<Record<string, string>>} */
export const TEXTS = {
  source: "What mien looks at",
  faces: "Faces",
  private: "Pictures stay on this computer",
  welcome: "How would ten people read this face?",
  welcomeMore:
    "Choose a camera, a window or a file, and press Start. mien finds every face and shows what " +
    "most people would say it looks like.",
  noFace: "No face in the picture",
  noFaceMore: "Faces appear here, each with what ten people would say.",
  notFeelings: "What people would say about a face is not what the person feels.",
  limits:
    "Tell the others that you use mien. Not at work or in education: " +
    "the EU forbids inferring emotions there (AI Act, Art. 5).",
  before: "Before you start",
  beforePrivate: "Nothing leaves, nothing is kept",
  beforePrivateMore: "Pictures stay on this computer, in memory, until they are read.",
  beforeTell: "Tell the others",
  beforeTellMore: "People whose faces mien reads should know that it does.",
  beforeWork: "Not at work, not in education",
  beforeWorkMore: "The EU forbids inferring people’s emotions there (AI Act, Art. 5).",
  consent: "Before you share a window",
  consentTell: "Tell the others that mien reads their faces. You may copy this:",
  consentText:
    "I use mien, a program on my computer that shows me what most people would say my " +
    "conversation partners’ faces look like. It helps me to read faces. No picture leaves my " +
    "computer and none is stored. Tell me if you would rather not, and I will turn it off.",
  consentWork:
    "Do not use it at work or in education: the EU forbids inferring emotions there " +
    "(AI Act, Art. 5).",
  copy: "Copy",
  cancel: "Cancel",
  share: "Choose a window",
  drop: "Let go to read this file",
  beforeFeelings: "A face is not a feeling",
  beforeFeelingsMore: "mien shows what people would say. They, and mien, can be wrong.",
};

export const START = "Start";
export const STOP = "Stop";
export const COPIED = "Copied";
export const NO_CAMERA = "No camera";
export const WINDOW = "A window or tab …";
export const FILE = "A video or picture …";

/** @param {number} number */
export function cameraName(number) {
  return `Camera ${number}`;
}

/** @type {Readonly<Record<string, string>>} */
const ANSWER_WORDS = { other: "something else" };

/** @param {string} answer */
export function answerWord(answer) {
  return ANSWER_WORDS[answer] ?? answer;
}

/** @param {number} number */
export function faceName(number) {
  return `Face ${number}`;
}

/**
 * "8 of 10 people would say happy", in the parts that the card sets apart.
 * @param {number} count
 * @param {string} answer
 */
export function verdict(count, answer) {
  return { count: `${count} of 10`, say: "people would say", answer: answerWord(answer) };
}

/** @param {string | null} why */
export function unclear(why) {
  return { title: "Unclear", why: why ?? "nobody could tell" };
}

/** What would help, or what the reason means. @type {Readonly<Record<string, string>>} */
const HINTS = {
  "too small": "Nearer to the camera, this face could be read.",
  "too dark": "With more light on it, this face could be read.",
  blurred: "It moves, or is out of focus.",
  "turned away": "Most of the expression is out of sight.",
};

/** @param {string | null} why */
export function hint(why) {
  return HINTS[why ?? ""] ?? "";
}

/** Whether people see the face well and differ: then their answers are worth showing. */
export const DISAGREE = "people would disagree";

/**
 * The label beside a box.
 * @param {number} number
 * @param {import("./protocol.js").Reading} reading
 */
export function boxLabel(number, reading) {
  const answer = reading.top[0]?.[0];
  if (!reading.clear || !answer) return { before: `${number} · `, word: "unclear" };
  if (answer === "other") return { before: `${number} · looks like `, word: answerWord(answer) };
  return { before: `${number} · looks `, word: answer };
}

/**
 * Ten figures in words: "8 happy, 2 neutral".
 * @param {Map<string, number>} counts
 */
export function figuresText(counts) {
  return [...counts].map(([answer, count]) => `${count} ${answerWord(answer)}`).join(", ");
}

/** @param {number} share */
export function percent(share) {
  return `${Math.round(100 * share)}%`;
}

export const OFF = "Nothing is being read";

/**
 * The line under the picture.
 * @param {number} rate readings a second
 * @param {number} delay milliseconds
 */
export function rateText(rate, delay) {
  const unit = Math.round(rate) === 1 ? "reading" : "readings";
  return `${Math.round(rate)} ${unit} a second · ${Math.round(delay)} ms`;
}

/** What went wrong with a camera, window or file. @type {Readonly<Record<string, string>>} */
export const PROBLEMS = {
  denied:
    "The browser does not let mien use the camera. " +
    "Allow it in the address bar, then press Start.",
  missing: "There is no camera. Plug one in, then press Start.",
  taken: "Another program is using the camera. Close it there, then press Start.",
  unplugged: "The camera is gone. Plug it in again, or choose another, then press Start.",
  unsupported: "This browser cannot use a camera here. Open the page by http://localhost.",
  failed: "The camera does not start. Unplug it and plug it in, then press Start.",
  windowDenied: "No window was chosen. Press Start to choose one.",
  windowFailed: "This window cannot be shared. Press Start to choose another.",
  windowEnded: "The window is no longer shared. Press Start to share one again.",
  unreadable: "The browser cannot show this file. Try an MP4 or WebM video, a JPEG or a PNG.",
};

export const STATUS = {
  starting: "Starting. The browser may ask whether mien may look.",
  connecting: "Connecting to mien …",
  loading: "Getting ready to read faces …",
  delayed: "Delayed: this is a moment old.",
  away: "mien has stopped answering. Is it still running? Trying again …",
  back: "mien is back.",
  /** @param {string} message */
  failed: (message) => `mien cannot read faces: ${message}`,
};
