/** Which movements of a face are named. A test checks that it agrees with mien/movements.py. */

/**
 * Values from which a movement is named, by the server's names.
 * @type {Readonly<Record<string, number>>}
 */
export const SAID_FROM = {
  "mouth corners up": 0.35,
  "mouth corners down": 0.15,
  "mouth open": 0.3,
  "upper lip raised": 0.3,
  "lips pressed": 0.35,
  "lips pursed": 0.75,
  "mouth stretched": 0.3,
  "chin raised": 0.7,
  "brows lowered": 0.5,
  "inner brows raised": 0.35,
  "outer brows raised": 0.35,
  "eyes narrowed": 0.55,
  "eyes wide": 0.15,
  "eyes closed": 0.4,
};

/** Largest number of movements named for one face. */
export const MOST_SAID = 3;

/**
 * Return the movements to name for a face, the strongest first.
 * @param {Readonly<Record<string, number>>} movements 0 to 1, by name
 * @returns {string[]}
 */
export function moving(movements) {
  /** @type {Map<string, number>} */
  const beyond = new Map();
  for (const [name, from] of Object.entries(SAID_FROM)) {
    const value = movements[name] ?? 0;
    if (value >= from) beyond.set(name, (value - from) / (1 - from));
  }
  if (beyond.has("eyes closed")) beyond.delete("eyes narrowed");
  const strongest = [...beyond].sort(([, a], [, b]) => b - a);
  return strongest.slice(0, MOST_SAID).map(([name]) => name);
}
