/**
 * Every text of the page in English; a translation is a file beside with the same keys.
 *
 * {names} in braces are filled in by wording.js. Where a number decides the form of a word, the
 * text is an object of forms by the language's plural rules ("one", "other", …).
 *
 * A face shows an expression, not what the person feels: "looks happy", "8 of 10 people would say
 * happy", never "is happy".
 */

import guess from "./guess-en.js";

export default {
  language: "English",
  guess,

  /** What people say, by the server's names. */
  answers: {
    angry: "angry",
    disgust: "disgusted",
    fear: "afraid",
    happy: "happy",
    sad: "sad",
    surprise: "surprised",
    neutral: "neutral",
    other: "something else",
  },
  /** Why a face is unclear, by the server's names. */
  reasons: {
    "too small": "too small",
    "too dark": "too dark",
    blurred: "blurred",
    "turned away": "turned away",
    "people would disagree": "people would disagree",
  },
  /** What would help: in a line beside the reason, ... */
  hints: {
    "too small": "nearer to the camera, or a larger window, would help",
    "too dark": "more light from the front would help",
    blurred: "it moves, or is out of focus",
    "turned away": "most of the expression is out of sight",
    "not a face": "mien found something that only looks like a face",
  },
  /** ... and in the details. */
  mends: {
    "too small":
      "The face has too few pixels to be read. Move nearer to the camera, make the call’s window " +
      "larger, or choose the view of one speaker.",
    "too dark": "A lamp or a window in front of the face, not behind it, mends this.",
    blurred:
      "Wait until the face is still. If it stays like this, wipe the camera’s lens, or stop other " +
      "downloads: a weak connection blurs calls.",
    "turned away": "mien reads on as soon as the face turns to the camera.",
    "people would disagree":
      "Of ten people, about {one} would say {first}, {other} {second}. Words and voice tell you " +
      "more than this face; you can ask.",
    "not a face": "Nothing to do: it is left out.",
  },

  /** What moves in a face, by the server's names. It claims no cause. */
  movements: {
    "mouth corners up": "corners of the mouth up",
    "mouth corners down": "corners of the mouth down",
    "mouth open": "mouth open",
    "upper lip raised": "upper lip raised",
    "lips pressed": "lips pressed together",
    "lips pursed": "lips pursed",
    "mouth stretched": "mouth stretched sideways",
    "chin raised": "chin pushed up",
    "brows lowered": "brows lowered",
    "inner brows raised": "inner brows raised",
    "outer brows raised": "outer brows raised",
    "eyes narrowed": "eyes narrowed",
    "eyes wide": "eyes wide open",
    "eyes closed": "eyes closed",
  },

  source: "What mien looks at",
  camera: "Camera {number}",
  noCamera: "No camera",
  window: "A window or tab …",
  file: "A video or picture …",
  start: "Start",
  stop: "Stop",
  pause: "Pause",
  goOn: "Go on",
  float: "Small window",
  floatMore: "A small window that stays above all others",
  /** What is read, in the picker. */
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
  /** Stands in the footer alone, and is always seen there. */
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
  drop: "Let go to read this file",
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

  face: "Person {number}",
  nameOf: "Name of {face}",
  /** How many of ten agree, and what goes before the answer. */
  amounts: {
    nearlyAll: { amount: "Nearly all", say: "would say" },
    most: { amount: "Most", say: "would say" },
    half: { amount: "About half", say: "would say" },
    some: { amount: "Fewer than half", say: "would say" },
  },
  count: "{count} of 10",
  /** Two answers that are about as frequent: before each on the card, in a line, and in little room. */
  mixedTitle: { amount: "About half", say: "would say", other: "half" },
  mixed: "about half {one}, half {other}",
  mixedShort: "half {one}, half {other}",
  unclear: "Unclear",
  nobody: "nobody could tell",
  /** Beside a box: before the answer's word, and after it. */
  boxName: "{face} · ",
  boxCount: ", {count} of 10",
  unclearWord: "unclear",
  /** Ten figures in words, and between them. */
  figure: "{count} {answer}",
  and: ", ",
  /** Read out and kept in the record. */
  saysLooks: "{face} looks {answer}",
  saysMixed: "{face} looks {halves}",
  saysUnclear: "{face} is unclear: {why}",
  /** What a face does over time; the answer is new for some seconds after it changed and stayed. */
  talking: "talking",
  gestures: { nod: "nods", shake: "shakes the head" },
  justNow: "new just now",
  /** How a face differs from how the same person usually looks, by the server's names. */
  changes: {
    angry: { unlike: "frowning, unlike usual", more: "frowning more than usual" },
    disgust: {
      unlike: "looking disgusted, unlike usual",
      more: "looking more disgusted than usual",
    },
    fear: { unlike: "looking afraid, unlike usual", more: "looking more afraid than usual" },
    happy: { unlike: "smiling, unlike usual", more: "more smiling than usual" },
    sad: { unlike: "looking sad, unlike usual", more: "looking sadder than usual" },
    surprise: {
      unlike: "looking surprised, unlike usual",
      more: "looking more surprised than usual",
    },
  },

  more: "What it means",
  moreOf: "What it means: {face}",
  whatMoves: "What moves in the face",
  nothingMoves: "Nothing that stands out",
  fromUsual: "Compared with usual",
  asUsual: "as usual",
  usualUnknown: "not known yet; mien learns it from calm moments",
  howSure: "How sure to be",
  reliability:
    "Of 10 faces that mien calls {answer}, people agree on {right}. It misses {missed} of 10 that " +
    "people call {answer}.",
  fewerThanOne: "fewer than 1",
  reliabilityUnknown: "Too few such faces were measured to tell how often mien is right.",
  whatHelps: "What helps",
  whatToDo: "What you can do",
  youCan: {
    angry: "It can be concentration or bright light as well. You can ask.",
    disgust: "Faces do this at a thought or a taste as well. You can ask what they think.",
    fear: "Surprise looks much the same. You can slow down, or ask.",
    happy: "Go on as you are. A smile can be politeness as well; the words tell.",
    sad: "It can be tiredness as well. If it lasts, you can ask how they are.",
    surprise: "Something may be new to them. You can ask, or say it again.",
    neutral: "A calm face is no bad sign. Listen to the words; you can ask.",
    other: "People would find other words for it. You can ask.",
    mixed: "People would be split. Words and voice tell more than this face; you can ask.",
  },
  exactly: "Exactly, at this moment",
  usual: "This is how they usually look",
  usualMore: "Take how {face} looks now as usual",
  usualTaken: "Noted as usual",
  usualFailed: "Not seen well; try again",
  wrong: "Wrong?",
  wrongMore: "Say what {face} shows instead",
  wrongAsk: "What would you say?",
  cannotTell: "cannot tell",
  marked: "Noted: {answer}",
  chosen: "Who is shown",
  allFaces: "Everybody",
  gone: "{face} is gone",
  notThere: "Not in the picture",
  goneMore: "Choose somebody else, or wait.",
  readsNothing: "Reads nothing now",
  noFaceShort: "No face",
  fraction: "{count}/10",

  session: "Looking back",
  sessionMore:
    "Kept in this page alone, and gone when you close it. Arrow keys read the timeline, B bookmarks a moment.",
  originCamera: "Camera",
  originWindow: "Window",
  originFile: "Picture",
  soFar: { one: "{length} · {count} lasting change", other: "{length} · {count} lasting changes" },
  lastingChange: "{face} changed from {from} to {to}, for {length}",
  bookmark: "Bookmark",
  bookmarkMore: "Bookmark this moment (key B)",
  bookmarked: "Bookmark",
  bookmarkedAt: "Bookmarked {time}. A note belongs to it.",
  openSession: "Show",
  closeSession: "Hide",
  moments: "Moments",
  noMoments: "Nothing changed for some time, and nothing was bookmarked.",
  timeline: "What the faces looked like over time",
  table: "The same as a table",
  time: "Time",
  faceColumn: "Face",
  showed: "What people would say",
  seconds: "For",
  people: "Of 10 people",
  noteColumn: "Note",
  markedWrong: "marked as wrong",
  markedAs: "you would say {answer}",
  markedNobody: "you could not tell",
  /** What the person marked as wrong, in all. */
  marks: {
    one: "You marked {count} reading as wrong: {parts}.",
    other: "You marked {count} readings as wrong: {parts}.",
  },
  marksPart: "{count} {shown} that you would call {right}",
  marksNobody: "{count} {shown} where you could not tell",
  note: "A note",
  addNote: "Add the note",
  save: "Save",
  saveReport: "Report (HTML)",
  saveTable: "Table (CSV)",
  saveData: "Data (JSON)",
  forget: "Delete",
  forgetSure: "Press again to delete it all",
  moment: "{time} · {what} · {length}",
  summary: "In short",
  summaryFace: "{face}, from {time}, was seen for {length}: {parts}.",
  summaryPart: "{answer} {length}",
  summaryUnclear: "unclear {length}",
  summaryChanges: { one: "It changed once.", other: "It changed {count} times." },
  report: "mien: what faces looked like",
  reportMore:
    "Made by mien on {date}. It shows what ten people would say about each face, as a program " +
    "guesses it; it is not what the persons felt. Keep it private.",
  lengthHours: "{hours} h {minutes} min",
  lengthMinutes: "{minutes} min {seconds} s",
  lengthSeconds: "{seconds} s",

  settingsKept: "Settings stay in this browser.",
  /** Where the server asks for a token. */
  signedIn:
    "You are signed in: this browser showed mien’s token. Signing out ends that, here and in its other pages.",
  signOut: "Sign out",
  signOutFailed: "mien does not answer; try again",
  languageOf: "Language",
  languageAuto: "As in the browser",
  mode: "Show",
  modeFull: "Everything",
  modeCompact: "Compact",
  modeText: "Text alone",
  modeSymbols: "No words",
  shares: "Exact shares",
  boxes: "Boxes in the picture",
  record: "Keep a timeline of this session",
  pictures: "Keep a small picture of each face in it, until the page is closed",
  announce: "Read changes aloud by a screen reader, at most every 3 seconds",
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

  /** Instead of the texts of the same names, where the page comes from another computer. */
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
  /** What went wrong with a camera, window or file. */
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
      "You are signed out, and nothing is read any more. To come back, open the address of this page " +
      "with /?token=… and your token behind it.",
  },
};
