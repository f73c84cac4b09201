/**
 * How often mien is right about each answer, measured on 3199 faces of FER2013's PublicTest.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{precision: number, recall: number}} Measured */

/** @type {{images: number, answers: Record<string, Measured | undefined>}} */
export default {
  images: 3199,
  answers: {
    angry: { precision: 0.851, recall: 0.819 },
    disgust: { precision: 0.238, recall: 0.625 },
    fear: { precision: 0.517, recall: 0.742 },
    happy: { precision: 0.857, recall: 0.975 },
    sad: { precision: 0.584, recall: 0.749 },
    surprise: { precision: 0.848, recall: 0.899 },
    neutral: { precision: 0.929, recall: 0.702 },
  },
};
