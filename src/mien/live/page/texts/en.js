/**
 * Every text of the page in English; a translation is a file beside with the same keys.
 *
 * {names} in braces are filled in by wording.js. Where a number decides the form of a word, the
 * text is an object of forms by the language's plural rules ("one", "other", …).
 *
 * A face shows an expression, not what the person feels: "looks happy", "8 of 10 people would say
 * happy", never "is happy".
 */

export default {
  language: "English",

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
  /** What would help, or what the reason means. */
  hints: {
    "too small": "Nearer to the camera, this face could be read.",
    "too dark": "With more light on it, this face could be read.",
    blurred: "It moves, or is out of focus.",
    "turned away": "Most of the expression is out of sight.",
    "people would disagree": "",
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
  float: "Float",
  floatMore: "A small panel that stays above all other windows",
  settings: "Settings",
  faces: "Faces",
  private: "Pictures stay on this computer",
  welcome: "How would ten people read this face?",
  welcomeMore:
    "Choose a camera, a window or a file, and press Start. mien finds every face and shows what " +
    "most people would say it looks like.",
  away: "The picture is in the floating panel.",
  noFace: "No face in the picture",
  noFaceMore: "Faces appear here, each with what ten people would say.",
  notFeelings: "What people would say about a face is not what the person feels.",
  limits:
    "Tell the others that you use mien. Not at work or in education: " +
    "the EU forbids inferring emotions there (AI Act, Art. 5).",
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
  beforeWork: "Not at work, not in education",
  beforeWorkMore: "The EU forbids inferring people’s emotions there (AI Act, Art. 5).",
  beforeFeelings: "A face is not a feeling",
  beforeFeelingsMore: "mien shows what people would say. They, and mien, can be wrong.",
  beforeOff: "Escape turns everything off",
  beforeOffMore: "One key stops the reading and closes the floating panel.",

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
  copied: "Copied",
  cancel: "Cancel",
  share: "Choose a window",

  face: "Face {number}",
  /** Set apart on the card: the count, the words between, and the answer. */
  count: "{count} of 10",
  say: "people would say",
  /** Two answers that are about as frequent: on the card, in a line, and in little room. */
  mixedTitle: "About half {one}, half {other}",
  mixed: "about half {one}, half {other}",
  mixedShort: "half {one}, half {other}",
  unclear: "Unclear",
  nobody: "nobody could tell",
  /** Beside a box: what stands before the answer's word. */
  looks: "{number} · looks ",
  looksLike: "{number} · looks like ",
  unclearBox: "{number} · ",
  unclearWord: "unclear",
  /** Ten figures in words, and between them. */
  figure: "{count} {answer}",
  and: ", ",
  /** Read out and kept in the record. */
  saysLooks: "{face} looks {answer}",
  saysMixed: "{face} looks {halves}",
  saysUnclear: "{face} is unclear: {why}",
  wrong: "Wrong?",
  wrongMore: "Mark what {face} shows as wrong",
  marked: "Marked",
  chosen: "Shown",
  allFaces: "All faces",

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
  note: "A note",
  addNote: "Add the note",
  save: "Save",
  saveReport: "Report (HTML)",
  saveTable: "Table (CSV)",
  saveData: "Data (JSON)",
  forget: "Delete",
  forgetSure: "Press again to delete it all",
  moment: "{time} · {what} · {length}",
  lastsMoment: "{people} of 10 people",
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
  },
};
