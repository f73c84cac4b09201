/** Texts about a face, in German. */

/** @type {typeof import("./face-en.js").default} */
export default {
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
  justNow: "eben geändert",
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
};
