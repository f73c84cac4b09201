/** Texts about a face, in English; face-de.js has the same keys. */

export default {
  /** Words for answers, by the server's names. */
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
  /** Reasons why a face is unclear, by the server's names. */
  reasons: {
    "too small": "too small",
    "too dark": "too dark",
    blurred: "blurred",
    "turned away": "turned away",
    "people would disagree": "people would disagree",
  },
  /** What would help, in a line beside the reason, ... */
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
    "too dark": "Put a lamp or a window in front of the face, not behind it.",
    blurred:
      "Wait until the face is still. If it stays like this, wipe the camera’s lens, or stop other " +
      "downloads: a weak connection blurs calls.",
    "turned away": "mien continues as soon as the face turns to the camera.",
    "people would disagree":
      "Of ten people, about {one} would say {first}, {other} {second}. Words and voice say " +
      "more than this face; you can ask.",
    "not a face": "Nothing to do: it is left out.",
  },

  /** Movements of a face, by the server's names. They claim no cause. */
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

  face: "Person {number}",
  nameOf: "Name of {face}",
  /** How many of ten agree, and the words before the answer. */
  amounts: {
    nearlyAll: { amount: "Nearly all", say: "would say" },
    most: { amount: "Most", say: "would say" },
    half: { amount: "About half", say: "would say" },
    some: { amount: "Fewer than half", say: "would say" },
  },
  count: "{count} of 10",
  /** Two answers about as frequent: words before each on the card, in a line, and in little room. */
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
  /** Read aloud and kept in the record. */
  saysLooks: "{face} looks {answer}",
  saysMixed: "{face} looks {halves}",
  saysUnclear: "{face} is unclear: {why}",
  /** Events over time; "just changed" for some seconds after an answer changed and stayed. */
  talking: "talking",
  gestures: { nod: "nods", shake: "shakes the head" },
  justNow: "just changed",
  /** Changes from how the same person usually looks, by the server's names. */
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
  reliabilityUnknown: "Too few such faces were measured to say how often mien is right.",
  whatHelps: "What helps",
  whatToDo: "What you can do",
  youCan: {
    angry: "It can also be concentration or bright light. You can ask.",
    disgust: "A thought or a taste can do this, too. You can ask what they think.",
    fear: "Surprise looks much the same. You can slow down, or ask.",
    happy: "Carry on. A smile can also be politeness; the words say more.",
    sad: "It can also be tiredness. If it lasts, you can ask how they are.",
    surprise: "Something may be new to them. You can ask, or say it again.",
    neutral: "A calm face is no bad sign. Listen to the words; you can ask.",
    other: "People would find other words for it. You can ask.",
    mixed: "People would be split. Words and voice say more than this face; you can ask.",
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
};
