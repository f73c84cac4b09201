/** Texts of "guess first", in German. */

/** @type {typeof import("./guess-en.js").default} */
export default {
  toggle: "Erst raten",
  toggleMore: "Sag, was du siehst, bevor mien zeigt, was Menschen sagen würden",
  ask: "Was würden die meisten Menschen zu diesem Gesicht sagen?",
  still: "Das Gesicht, nach dem gefragt wird: {face}",
  marked: "{face} ist im Bild markiert.",
  picture: "Bild {number} von {count}",
  answers: "Deine Antwort",
  cannot: "Weiß ich nicht",
  keys: "Tasten 1 bis 7, und 0 für „weiß ich nicht“",
  next: "Nächstes Gesicht",
  nextPicture: "Nächstes Bild",
  again: "Jetzt noch einmal fragen",

  sameTitle: "Du sagst {said}. Das würden auch {count} von 10 Menschen sagen.",
  someTitle: "Du sagst {said}, wie {count} von 10 Menschen; {most} würden sagen: {answer}.",
  noneTitle: "Du sagst {said}. Das würde keiner von 10 sagen; {most} würden sagen: {answer}.",
  cannotTitle: "Du weißt es nicht. {most} von 10 Menschen würden sagen: {answer}.",
  mixedTitle: "Menschen wären geteilt: {halves}.",
  guess: "Auch was mien zeigt, ist geschätzt. Es kann falsch sein.",

  off: "Drücke Start und sag dann zu jedem Gesicht, was du siehst. Oder übe mit eigenen Bildern.",
  waiting: {
    nobody: "Kein Gesicht im Bild.",
    unclear: "Kein Gesicht ist klar genug für eine Frage.",
    soon: "Sucht ein klares Gesicht …",
    same: "Nach jedem klaren Gesicht wurde gefragt. Die nächste Frage kommt, wenn eines anders aussieht.",
  },
  deckOver: {
    one: "Das war das einzige Bild.",
    other: "Das waren alle {count} Bilder.",
  },
  deckSkipped: {
    one: "Eines hatte kein klares Gesicht und wurde ausgelassen.",
    other: "{count} hatten kein klares Gesicht und wurden ausgelassen.",
  },
  deckEmpty: "Unter diesen Dateien ist kein Bild. Wähle JPEG, PNG oder WebP.",

  pictures: "Eigene Bilder",
  picturesMore: "Sie werden gelesen wie alles andere hier, und nichts von ihnen bleibt.",
  choosePictures: "Bilder wählen …",
  chooseFolder: "Ordner wählen …",

  score: "Dein Stand",
  scoreKeep: "In diesem Browser mitzählen",
  scoreMore:
    "Aus: Nichts wird gezählt. An: Dieser Browser behält, wie oft du was gesagt hast, je Gefühl: " +
    "keine Bilder, keine Namen, keine Zeiten.",
  scoreEmpty: "Noch ist nichts gezählt.",
  scoreEmotion: "Die meisten würden sagen",
  scoreSame: "Du auch",
  scoreOf: "{same} von {asked}",
  scoreInstead: "Sonst meist",
  scoreDelete: "Stand löschen",
  scoreDeleteSure: "Zum Löschen noch einmal drücken",

  about: "Was das lehren kann und was nicht",
  aboutTexts: [
    "Es kann dir Übung geben, wie die meisten Menschen ein Gesicht nennen würden. In einer Studie mit " +
      "184 Erwachsenen, die sich selbst autistisch nennen, machte Übung mit Rückmeldung an Gesichtern " +
      "eines anderen Programms sie öfter richtig (um 14 %; um 2 % mit einer Scheinübung).",
    "Ob Üben mit mien hilft, hat niemand gemessen.",
    "Es kann nicht lehren, was jemand fühlt. Ein Gesicht zeigt einen Ausdruck; Worte, Stimme und " +
      "Nachfragen sagen mehr.",
    "Die Antworten sind miens Schätzung, was zehn Menschen sagen würden. Ekel, Angst und Trauer liest " +
      "es am schlechtesten, und leichtes Lächeln manchmal als neutral.",
    "Du siehst ein stehendes Bild. Im Leben bewegen sich Gesichter, und die Lage sagt viel.",
  ],
};
