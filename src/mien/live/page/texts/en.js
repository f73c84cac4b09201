/**
 * Every text of the page in English. A translation is a file beside this one with the same keys.
 *
 * language.js fills in {names} in braces. If a number decides the form of a word, the text is an
 * object of forms by the language's plural rules ("one", "other", …).
 *
 * A face shows an expression, not what the person feels: "looks happy", "8 of 10 people would say
 * happy", never "is happy".
 */

import face from "./face-en.js";
import guess from "./guess-en.js";
import session from "./session-en.js";

export default {
  language: "English",
  ...face,
  ...session,
  guess,

  source: "What mien looks at",
  camera: "Camera {number}",
  noCamera: "No camera",
  window: "A window or tab …",
  file: "A video or picture …",
  start: "Start",
  stop: "Stop",
  pause: "Pause",
  goOn: "Continue",
  float: "Small window",
  floatMore: "A small window that stays above all others",
  /** Names of the source, in the picker. */
  reading: {
    browser: "A shared tab",
    window: "A shared window",
    monitor: "The whole screen",
    shared: "A shared window",
    file: "File: {name}",
  },
  anotherWindow: "Another window or tab …",
  anotherFile: "Another video or picture …",
  settings: "Settings",
  faces: "Faces",
  private: "Pictures stay on this computer",
  welcome: "How would ten people read this face?",
  welcomeMore:
    "Choose a camera, a window or a file, and press Start. mien finds every face and shows what " +
    "most people would say it looks like.",
  away: "The picture is in the small window.",
  noFace: "No face in the picture",
  noFaceMore: "Faces appear here, each with what ten people would say.",
  notFeelings: "What people would say about a face is not what the person feels.",
  /** Only in the footer, where it is always visible. */
  limits:
    "Tell the others that you use mien. Not at work or in education: " +
    "the EU forbids inferring emotions there (AI Act, Art. 5).",
  /** The tab's title. */
  titles: {
    on: { one: "{count} face · mien", other: "{count} faces · mien" },
    nobody: "No face · mien",
    paused: "Paused · mien",
    starting: "Starting · mien",
    problem: "Stopped · mien",
    away: "Not answering · mien",
    signedOut: "Signed out · mien",
  },
  drop: "Drop to read this file",
  off: "Nothing is being read",
  rate: {
    one: "{rate} reading a second · {delay} ms",
    other: "{rate} readings a second · {delay} ms",
  },

  before: "Before you start",
  beforePrivate: "Nothing leaves, nothing is kept",
  beforePrivateMore: "Pictures stay on this computer, in memory, until they are read.",
  beforeTell: "Tell the others",
  beforeTellMore: "People whose faces mien reads should know that it does.",
  beforeFeelings: "A face is not a feeling",
  beforeFeelingsMore: "mien shows what people would say. They, and mien, can be wrong.",
  beforeOff: "Escape turns everything off",
  beforeOffMore: "One key stops the reading and closes the small window.",

  consent: "Before you share a window",
  consentTell: "Tell the others that mien reads their faces. You may copy this:",
  consentText:
    "I use mien, a program on my computer that shows me what most people would say my " +
    "conversation partners’ faces look like. It helps me to read faces. No picture leaves my " +
    "computer and none is stored. Tell me if you would rather not, and I will turn it off.",
  copy: "Copy",
  copied: "Copied",
  cancel: "Cancel",
  share: "Choose a window",

  chosen: "Who is shown",
  allFaces: "Everybody",
  gone: "{face} is gone",
  notThere: "Not in the picture",
  goneMore: "Choose somebody else, or wait.",
  readsNothing: "Reads nothing now",
  noFaceShort: "No face",
  fraction: "{count}/10",

  settingsKept: "Settings stay in this browser.",
  /** Shown if the server asks for a token. */
  signedIn:
    "You are signed in: this browser showed mien’s token. Signing out ends that in all its pages.",
  signOut: "Sign out",
  signOutFailed: "mien does not answer; try again",
  languageOf: "Language",
  languageAuto: "As in the browser",
  mode: "Show",
  modeFull: "Everything",
  modeCompact: "Compact",
  modeText: "Text only",
  modeSymbols: "No words",
  shares: "Exact shares",
  boxes: "Boxes in the picture",
  record: "Keep a timeline of this session",
  pictures: "Keep a small picture of each face in it, until the page is closed",
  announce: "Read changes aloud with a screen reader, at most every 3 seconds",
  ownWords: "Your own words and symbols",
  ownWordsMore: "Leave a field empty for mien’s own. What you hide counts as “{other}”.",
  ownWordHead: "Word",
  ownSymbolHead: "Symbol",
  ownWord: "Word for {answer}",
  ownSymbol: "Symbol for {answer}",
  hide: "Hide",
  hideAnswer: "Hide {answer}",
  reset: "Back to mien’s own",
  close: "Close",

  /** Replace the texts of the same names if the page comes from another computer. */
  elsewhere: {
    private: "Pictures go to {host}, and are not kept",
    beforePrivate: "Nothing is kept",
    beforePrivateMore:
      "Pictures go to {host}, which reads them and keeps none. You trust whoever runs it.",
    consentText:
      "I use mien, a program that shows me what most people would say my conversation partners’ " +
      "faces look like. It helps me to read faces. Pictures go to {host}, which reads them and " +
      "stores none. Tell me if you would rather not, and I will turn it off.",
  },

  paused: "Paused. Nothing is being read.",
  /** Problems with a camera, window or file. */
  problems: {
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
  },
  status: {
    starting: "Starting. The browser may ask whether mien may look.",
    connecting: "Connecting to mien …",
    loading: "Getting ready to read faces …",
    full: "mien reads as many others as it can. You are in line; it begins by itself.",
    delayed: "Delayed: this is a moment old.",
    away: "mien has stopped answering. Is it still running? Trying again …",
    back: "mien is back.",
    failed: "mien cannot read faces: {message}",
    signedOut:
      "You are signed out, and nothing is read. To come back, open the address of this page " +
      "with /?token=… and your token behind it.",
  },
};
