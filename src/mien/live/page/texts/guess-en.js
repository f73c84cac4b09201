/** Texts of "guess first", in English; guess-de.js has the same keys. */

export default {
  toggle: "Guess first",
  toggleMore: "Say what you see before mien shows what people would say",
  ask: "What would most people say about this face?",
  still: "The face that is asked about: {face}",
  marked: "{face} is marked in the picture.",
  picture: "Picture {number} of {count}",
  answers: "Your answer",
  cannot: "Cannot tell",
  keys: "Keys 1 to 7, and 0 for “cannot tell”",
  next: "Next face",
  nextPicture: "Next picture",
  again: "Ask again now",

  sameTitle: "You said {said}. So would {count} of 10 people.",
  someTitle: "You said {said}. So would {count} of 10 people; {most} would say {answer}.",
  noneTitle: "You said {said}. None of 10 people would; {most} would say {answer}.",
  cannotTitle: "You could not tell. {most} of 10 people would say {answer}.",
  mixedTitle: "People would be split: {halves}.",
  guess: "What mien shows is a guess, too. It can be wrong.",

  off: "Press Start, then say what you see in each face. Or practise with pictures of your own.",
  waiting: {
    nobody: "No face in the picture.",
    unclear: "No face is clear enough to ask about.",
    soon: "Looking for a clear face …",
    same: "Each clear face was asked about. The next question comes when one looks different.",
  },
  deckOver: {
    one: "That was the only picture.",
    other: "Those were all {count} pictures.",
  },
  deckSkipped: {
    one: "One had no clear face and was left out.",
    other: "{count} had no clear face and were left out.",
  },
  deckEmpty: "There is no picture among these files. Choose JPEG, PNG or WebP.",

  pictures: "Pictures of your own",
  picturesMore: "They are read like everything else here, and nothing of them is kept.",
  choosePictures: "Choose pictures …",
  chooseFolder: "Choose a folder …",

  score: "Your score",
  scoreKeep: "Keep score in this browser",
  scoreMore:
    "When off, nothing is counted. When on, this browser counts your answers by emotion: no " +
    "pictures, no names, no times.",
  scoreEmpty: "Nothing is counted yet.",
  scoreEmotion: "Most people would say",
  scoreSame: "You, too",
  scoreOf: "{same} of {asked}",
  scoreInstead: "Otherwise mostly",
  scoreDelete: "Delete the score",
  scoreDeleteSure: "Press again to delete it",

  about: "What this can and cannot teach",
  aboutTexts: [
    "It can give you practice in what most people would call a face. In one study of 184 adults who " +
      "say they are autistic, practice with feedback on another program’s faces made them more often " +
      "right (by 14 %; by 2 % with a sham practice).",
    "Nobody has measured whether practice with mien helps.",
    "It cannot teach what somebody feels. A face shows an expression; words, voice and asking say more.",
    "The answers are mien’s guess of what ten people would say. It reads disgusted, afraid and " +
      "sad faces worst, and sometimes takes mild smiles for neutral.",
    "You see a still picture. Real faces move, and the situation says much.",
  ],
};
