/** Every text of the page in German. */

import face from "./face-de.js";
import guess from "./guess-de.js";
import session from "./session-de.js";

/** @type {typeof import("./en.js").default} */
export default {
  language: "Deutsch",
  ...face,
  ...session,
  guess,

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

  chosen: "Wer gezeigt wird",
  allFaces: "Alle",
  gone: "{face} ist weg",
  notThere: "Nicht im Bild",
  goneMore: "Wähle jemand anderen oder warte.",
  readsNothing: "Liest gerade nichts",
  noFaceShort: "Kein Gesicht",
  fraction: "{count}/10",

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
