/**
 * How often mien is right about each answer, measured on 3199 faces of FER2013's PublicTest.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{precision: number, recall: number}} Measured */

/** @type {{images: number, answers: Record<string, Measured | undefined>}} */
export default {
  images: 3199,
  answers: {
    angry: { precision: 0.865, recall: 0.85 },
    disgust: { precision: 0.254, recall: 0.625 },
    fear: { precision: 0.578, recall: 0.774 },
    happy: { precision: 0.86, recall: 0.977 },
    sad: { precision: 0.576, recall: 0.752 },
    surprise: { precision: 0.86, recall: 0.906 },
    neutral: { precision: 0.924, recall: 0.7 },
  },
};
