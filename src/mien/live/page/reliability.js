/**
 * How often mien is right about each answer, measured on 3199 faces of FER2013's PublicTest.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{precision: number, recall: number}} Measured */

/** @type {{images: number, answers: Record<string, Measured | undefined>}} */
export default {
  images: 3199,
  answers: {
    angry: { precision: 0.861, recall: 0.777 },
    disgust: { precision: 0.2, recall: 0.667 },
    fear: { precision: 0.494, recall: 0.661 },
    happy: { precision: 0.867, recall: 0.969 },
    sad: { precision: 0.604, recall: 0.701 },
    surprise: { precision: 0.837, recall: 0.901 },
    neutral: { precision: 0.901, recall: 0.728 },
  },
};
