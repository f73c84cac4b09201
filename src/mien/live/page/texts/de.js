/** Every text of the page in German. */

import guess from "./guess-de.js";

/** @type {typeof import("./en.js").default} */
export default {
  language: "Deutsch",
  guess,

  answers: {
    angry: "wütend",
    disgust: "angeekelt",
    fear: "ängstlich",
    happy: "fröhlich",
    sad: "traurig",
    surprise: "überrascht",
    neutral: "neutral",
    other: "etwas anderes",
  },
  reasons: {
    "too small": "zu klein",
    "too dark": "zu dunkel",
    blurred: "verwischt",
    "turned away": "abgewandt",
    "people would disagree": "Menschen wären uneins",
  },
  hints: {
    "too small": "näher an der Kamera oder ein größeres Fenster hilft",
    "too dark": "mehr Licht von vorn hilft",
    blurred: "es bewegt sich oder ist unscharf",
    "turned away": "das meiste des Ausdrucks ist nicht zu sehen",
    "not a face": "das sieht nur aus wie ein Gesicht",
  },
  mends: {
    "too small":
      "Das Gesicht hat zu wenige Pixel. Näher an die Kamera gehen, das Fenster des Gesprächs größer " +
      "machen oder die Ansicht einer Person wählen.",
    "too dark": "Eine Lampe oder ein Fenster vor dem Gesicht, nicht dahinter, behebt das.",
    blurred:
      "Warte, bis das Gesicht still ist. Bleibt es so: die Linse der Kamera abwischen oder andere " +
      "Downloads anhalten, denn eine schwache Verbindung macht Gespräche unscharf.",
    "turned away": "mien liest weiter, sobald das Gesicht zur Kamera gewandt ist.",
    "people would disagree":
      "Von zehn Menschen würden etwa {one} {first} sagen, {other} {second}. Worte und Stimme sagen " +
      "mehr als dieses Gesicht; du kannst fragen.",
    "not a face": "Nichts zu tun: Es wird ausgelassen.",
  },

  movements: {
    "mouth corners up": "Mundwinkel nach oben",
    "mouth corners down": "Mundwinkel nach unten",
    "mouth open": "Mund offen",
    "upper lip raised": "Oberlippe hochgezogen",
    "lips pressed": "Lippen zusammengepresst",
    "lips pursed": "Lippen gespitzt",
    "mouth stretched": "Mund in die Breite gezogen",
    "chin raised": "Kinn hochgeschoben",
    "brows lowered": "Brauen gesenkt",
    "inner brows raised": "Brauen innen gehoben",
    "outer brows raised": "Brauen außen gehoben",
    "eyes narrowed": "Augen verengt",
    "eyes wide": "Augen weit offen",
    "eyes closed": "Augen geschlossen",
  },

  source: "Was mien ansieht",
  camera: "Kamera {number}",
  noCamera: "Keine Kamera",
  window: "Ein Fenster oder Tab …",
  file: "Ein Video oder Bild …",
  start: "Start",
  stop: "Stopp",
  pause: "Pause",
  goOn: "Weiter",
  float: "Kleines Fenster",
  floatMore: "Ein kleines Fenster, das über allen anderen bleibt",
  reading: {
    browser: "Ein geteilter Tab",
    window: "Ein geteiltes Fenster",
    monitor: "Der ganze Bildschirm",
    shared: "Ein geteiltes Fenster",
    file: "Datei: {name}",
  },
  anotherWindow: "Anderes Fenster oder Tab …",
  anotherFile: "Anderes Video oder Bild …",
  settings: "Einstellungen",
  faces: "Gesichter",
  private: "Bilder bleiben auf diesem Computer",
  welcome: "Wie würden zehn Menschen dieses Gesicht lesen?",
  welcomeMore:
    "Wähle eine Kamera, ein Fenster oder eine Datei und drücke Start. mien findet jedes Gesicht " +
    "und zeigt, wonach es für die meisten Menschen aussieht.",
  away: "Das Bild ist im kleinen Fenster.",
  noFace: "Kein Gesicht im Bild",
  noFaceMore: "Gesichter erscheinen hier, jedes mit dem, was zehn Menschen sagen würden.",
  notFeelings: "Was Menschen über ein Gesicht sagen würden, ist nicht, was der Mensch fühlt.",
  limits:
    "Sag den anderen, dass du mien benutzt. Nicht bei der Arbeit und nicht im Unterricht: " +
    "Die EU verbietet es dort, Gefühle abzuleiten (KI-Verordnung, Art. 5).",
  titles: {
    on: { one: "{count} Gesicht · mien", other: "{count} Gesichter · mien" },
    nobody: "Kein Gesicht · mien",
    paused: "Pause · mien",
    starting: "Startet · mien",
    problem: "Angehalten · mien",
    away: "Antwortet nicht · mien",
    signedOut: "Abgemeldet · mien",
  },
  drop: "Loslassen, um diese Datei zu lesen",
  off: "Es wird nichts gelesen",
  rate: {
    one: "{rate} Lesung je Sekunde · {delay} ms",
    other: "{rate} Lesungen je Sekunde · {delay} ms",
  },

  before: "Bevor du anfängst",
  beforePrivate: "Nichts geht hinaus, nichts bleibt",
  beforePrivateMore: "Bilder bleiben auf diesem Computer, im Speicher, bis sie gelesen sind.",
  beforeTell: "Sag es den anderen",
  beforeTellMore: "Wessen Gesicht mien liest, soll davon wissen.",
  beforeFeelings: "Ein Gesicht ist kein Gefühl",
  beforeFeelingsMore: "mien zeigt, was Menschen sagen würden. Sie und mien können sich irren.",
  beforeOff: "Escape schaltet alles aus",
  beforeOffMore: "Eine Taste beendet das Lesen und schließt das kleine Fenster.",

  consent: "Bevor du ein Fenster teilst",
  consentTell: "Sag den anderen, dass mien ihre Gesichter liest. Das kannst du kopieren:",
  consentText:
    "Ich benutze mien, ein Programm auf meinem Computer, das mir zeigt, wonach die Gesichter " +
    "meiner Gegenüber für die meisten Menschen aussehen. Es hilft mir, Gesichter zu lesen. Kein " +
    "Bild verlässt meinen Computer, keines wird gespeichert. Sag mir, wenn du das nicht möchtest, " +
    "dann schalte ich es aus.",
  copy: "Kopieren",
  copied: "Kopiert",
  cancel: "Abbrechen",
  share: "Fenster wählen",

  face: "Person {number}",
  nameOf: "Name von {face}",
  amounts: {
    nearlyAll: { amount: "Fast alle", say: "würden sagen:" },
    most: { amount: "Die meisten", say: "würden sagen:" },
    half: { amount: "Etwa die Hälfte", say: "würde sagen:" },
    some: { amount: "Weniger als die Hälfte", say: "würde sagen:" },
  },
  count: "{count} von 10",
  mixedTitle: { amount: "Etwa die Hälfte", say: "würde sagen:", other: "die andere:" },
  mixed: "etwa halb {one}, halb {other}",
  mixedShort: "halb {one}, halb {other}",
  unclear: "Unklar",
  nobody: "niemand könnte es sagen",
  boxName: "{face} · ",
  boxCount: ", {count} von 10",
  unclearWord: "unklar",
  figure: "{count} {answer}",
  and: ", ",
  saysLooks: "{face} wirkt {answer}",
  saysMixed: "{face} wirkt {halves}",
  saysUnclear: "{face} ist unklar: {why}",
  talking: "spricht",
  gestures: { nod: "nickt", shake: "schüttelt den Kopf" },
  justNow: "seit eben",
  changes: {
    angry: {
      unlike: "zieht die Stirn kraus, anders als sonst",
      more: "zieht die Stirn krauser als sonst",
    },
    disgust: { unlike: "wirkt angeekelt, anders als sonst", more: "wirkt angeekelter als sonst" },
    fear: { unlike: "wirkt ängstlich, anders als sonst", more: "wirkt ängstlicher als sonst" },
    happy: { unlike: "lächelt, anders als sonst", more: "lächelt mehr als sonst" },
    sad: { unlike: "wirkt traurig, anders als sonst", more: "wirkt trauriger als sonst" },
    surprise: {
      unlike: "wirkt überrascht, anders als sonst",
      more: "wirkt überraschter als sonst",
    },
  },

  more: "Was es heißt",
  moreOf: "Was es heißt: {face}",
  whatMoves: "Was sich im Gesicht bewegt",
  nothingMoves: "Nichts, was auffällt",
  fromUsual: "Verglichen mit sonst",
  asUsual: "wie sonst",
  usualUnknown: "noch nicht bekannt; mien lernt es aus ruhigen Momenten",
  howSure: "Wie sicher das ist",
  reliability:
    "Von 10 Gesichtern, die mien {answer} nennt, nennen auch Menschen {right} so. Von 10, die " +
    "Menschen {answer} nennen, übersieht es {missed}.",
  fewerThanOne: "weniger als 1",
  reliabilityUnknown:
    "Zu wenige solche Gesichter sind gemessen, um zu sagen, wie oft mien recht hat.",
  whatHelps: "Was hilft",
  whatToDo: "Was du tun kannst",
  youCan: {
    angry: "Es kann auch Konzentration sein oder helles Licht. Du kannst fragen.",
    disgust: "Das tun Gesichter auch bei einem Gedanken. Du kannst fragen, was sie denken.",
    fear: "Überraschung sieht fast gleich aus. Du kannst langsamer werden oder fragen.",
    happy: "Mach weiter so. Ein Lächeln kann auch Höflichkeit sein; die Worte sagen es.",
    sad: "Es kann auch Müdigkeit sein. Wenn es bleibt, kannst du fragen, wie es geht.",
    surprise: "Vielleicht ist etwas neu. Du kannst fragen oder es noch einmal sagen.",
    neutral:
      "Ein ruhiges Gesicht ist kein schlechtes Zeichen. Hör auf die Worte; du kannst fragen.",
    other: "Menschen fänden andere Worte dafür. Du kannst fragen.",
    mixed:
      "Menschen wären geteilt. Worte und Stimme sagen mehr als dieses Gesicht; du kannst fragen.",
  },
  exactly: "Genau, in diesem Moment",
  usual: "So sieht die Person sonst aus",
  usualMore: "Wie {face} jetzt aussieht als üblich merken",
  usualTaken: "Als üblich gemerkt",
  usualFailed: "Nicht gut zu sehen; noch einmal",
  wrong: "Falsch?",
  wrongMore: "Sagen, was {face} stattdessen zeigt",
  wrongAsk: "Was würdest du sagen?",
  cannotTell: "nicht zu sagen",
  marked: "Notiert: {answer}",
  chosen: "Wer gezeigt wird",
  allFaces: "Alle",
  gone: "{face} ist weg",
  notThere: "Nicht im Bild",
  goneMore: "Wähle jemand anderen oder warte.",
  readsNothing: "Liest gerade nichts",
  noFaceShort: "Kein Gesicht",
  fraction: "{count}/10",

  session: "Rückblick",
  sessionMore:
    "Nur in dieser Seite behalten, und weg, wenn du sie schließt. Pfeiltasten lesen die Zeitleiste, " +
    "B merkt einen Moment.",
  originCamera: "Kamera",
  originWindow: "Fenster",
  originFile: "Bild",
  soFar: {
    one: "{length} · {count} Wechsel, der anhielt",
    other: "{length} · {count} Wechsel, die anhielten",
  },
  lastingChange: "{face} wechselte von {from} zu {to}, für {length}",
  bookmark: "Merken",
  bookmarkMore: "Diesen Moment merken (Taste B)",
  bookmarked: "Gemerkt",
  bookmarkedAt: "{time} gemerkt. Eine Notiz gehört dazu.",
  openSession: "Zeigen",
  closeSession: "Verbergen",
  moments: "Momente",
  noMoments: "Nichts änderte sich für länger, und nichts wurde gemerkt.",
  timeline: "Wonach die Gesichter mit der Zeit aussahen",
  table: "Dasselbe als Tabelle",
  time: "Zeit",
  faceColumn: "Gesicht",
  showed: "Was Menschen sagen würden",
  seconds: "Dauer",
  people: "Von 10 Menschen",
  noteColumn: "Notiz",
  markedWrong: "als falsch markiert",
  markedAs: "du würdest {answer} sagen",
  markedNobody: "du konntest es nicht sagen",
  marks: {
    one: "Du hast {count} Lesung als falsch markiert: {parts}.",
    other: "Du hast {count} Lesungen als falsch markiert: {parts}.",
  },
  marksPart: "{count}-mal {shown}, wo du {right} sagen würdest",
  marksNobody: "{count}-mal {shown}, wo du es nicht sagen konntest",
  note: "Eine Notiz",
  addNote: "Notiz hinzufügen",
  save: "Sichern",
  saveReport: "Bericht (HTML)",
  saveTable: "Tabelle (CSV)",
  saveData: "Daten (JSON)",
  forget: "Löschen",
  forgetSure: "Noch einmal drücken, um alles zu löschen",
  moment: "{time} · {what} · {length}",
  summary: "Kurz gesagt",
  summaryFace: "{face}, ab {time}, war {length} zu sehen: {parts}.",
  summaryPart: "{answer} {length}",
  summaryUnclear: "unklar {length}",
  summaryChanges: { one: "Es änderte sich einmal.", other: "Es änderte sich {count}-mal." },
  report: "mien: wonach Gesichter aussahen",
  reportMore:
    "Von mien am {date} gemacht. Es zeigt, was zehn Menschen über jedes Gesicht sagen würden, wie " +
    "ein Programm es schätzt; es ist nicht, was die Personen fühlten. Behalte es für dich.",
  lengthHours: "{hours} h {minutes} min",
  lengthMinutes: "{minutes} min {seconds} s",
  lengthSeconds: "{seconds} s",

  settingsKept: "Einstellungen bleiben in diesem Browser.",
  signedIn:
    "Du bist angemeldet: Dieser Browser hat miens Token gezeigt. Abmelden beendet das, hier und in seinen anderen Seiten.",
  signOut: "Abmelden",
  signOutFailed: "mien antwortet nicht; noch einmal",
  languageOf: "Sprache",
  languageAuto: "Wie im Browser",
  mode: "Zeigen",
  modeFull: "Alles",
  modeCompact: "Knapp",
  modeText: "Nur Text",
  modeSymbols: "Ohne Worte",
  shares: "Genaue Anteile",
  boxes: "Rahmen im Bild",
  record: "Den Verlauf dieser Sitzung behalten",
  pictures: "Darin ein kleines Bild je Gesicht behalten, bis die Seite geschlossen wird",
  announce: "Änderungen vom Screenreader vorlesen lassen, höchstens alle 3 Sekunden",
  ownWords: "Eigene Worte und Zeichen",
  ownWordsMore: "Ein leeres Feld heißt: wie von mien. Was du verbirgst, zählt als „{other}“.",
  ownWordHead: "Wort",
  ownSymbolHead: "Zeichen",
  ownWord: "Wort für {answer}",
  ownSymbol: "Zeichen für {answer}",
  hide: "Verbergen",
  hideAnswer: "{answer} verbergen",
  reset: "Zurück zu miens eigenen",
  close: "Schließen",

  elsewhere: {
    private: "Bilder gehen an {host} und werden nicht behalten",
    beforePrivate: "Nichts wird behalten",
    beforePrivateMore:
      "Bilder gehen an {host}, das sie liest und keines behält. Du vertraust dem, der es betreibt.",
    consentText:
      "Ich benutze mien, ein Programm, das mir zeigt, wonach Gesichter meiner Gesprächspartner für " +
      "die meisten Menschen aussehen. Es hilft mir, Gesichter zu lesen. Bilder gehen an {host}, das " +
      "sie liest und keines speichert. Sag mir, wenn du es lieber nicht möchtest, dann schalte ich " +
      "es aus.",
  },

  paused: "Angehalten. Es wird nichts gelesen.",
  problems: {
    denied:
      "Der Browser lässt mien nicht an die Kamera. " +
      "Erlaube es in der Adresszeile, dann drücke Start.",
    missing: "Es gibt keine Kamera. Schließe eine an, dann drücke Start.",
    taken: "Ein anderes Programm benutzt die Kamera. Schließe sie dort, dann drücke Start.",
    unplugged: "Die Kamera ist weg. Schließe sie an oder wähle eine andere, dann drücke Start.",
    unsupported:
      "Dieser Browser kann hier keine Kamera benutzen. Öffne die Seite über http://localhost.",
    failed: "Die Kamera startet nicht. Zieh sie ab, stecke sie an, dann drücke Start.",
    windowDenied: "Kein Fenster gewählt. Drücke Start, um eines zu wählen.",
    windowFailed: "Dieses Fenster lässt sich nicht teilen. Drücke Start und wähle ein anderes.",
    windowEnded: "Das Fenster wird nicht mehr geteilt. Drücke Start, um wieder eines zu teilen.",
    unreadable:
      "Der Browser kann diese Datei nicht zeigen. Versuche ein Video als MP4 oder WebM, ein JPEG " +
      "oder ein PNG.",
  },
  status: {
    starting: "Es geht los. Vielleicht fragt der Browser, ob mien zusehen darf.",
    connecting: "Verbinde mit mien …",
    loading: "Mache mich bereit, Gesichter zu lesen …",
    full: "mien liest so viele andere, wie es kann. Du bist in der Reihe; es beginnt von selbst.",
    delayed: "Verzögert: Das ist einen Moment alt.",
    away: "mien antwortet nicht mehr. Läuft es noch? Neuer Versuch …",
    back: "mien ist wieder da.",
    failed: "mien kann keine Gesichter lesen: {message}",
    signedOut:
      "Du bist abgemeldet, und es wird nichts mehr gelesen. Um zurückzukommen, öffne die Adresse " +
      "dieser Seite mit /?token=… und deinem Token dahinter.",
  },
};
