/**
 * How often mien is right about each answer, measured on 3199 faces of FER2013's PublicTest.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{precision: number, recall: number}} Measured */

/** @type {{images: number, answers: Record<string, Measured | undefined>}} */
export default {
  images: 3199,
  answers: {
    angry: { precision: 0.868, recall: 0.801 },
    disgust: { precision: 0.211, recall: 0.667 },
    fear: { precision: 0.553, recall: 0.677 },
    happy: { precision: 0.868, recall: 0.97 },
    sad: { precision: 0.596, recall: 0.732 },
    surprise: { precision: 0.853, recall: 0.906 },
    neutral: { precision: 0.911, recall: 0.726 },
  },
};
