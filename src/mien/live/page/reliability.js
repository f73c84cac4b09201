/**
 * How often mien is right about each answer, measured on 3199 faces of FER2013's PublicTest.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{precision: number, recall: number}} Measured */

/** @type {{images: number, answers: Record<string, Measured | undefined>}} */
export default {
  images: 3199,
  answers: {
    angry: { precision: 0.852, recall: 0.843 },
    disgust: { precision: 0.267, recall: 0.667 },
    fear: { precision: 0.5, recall: 0.726 },
    happy: { precision: 0.88, recall: 0.97 },
    sad: { precision: 0.561, recall: 0.749 },
    surprise: { precision: 0.87, recall: 0.906 },
    neutral: { precision: 0.923, recall: 0.709 },
  },
};
