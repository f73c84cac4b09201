/** Numbers, times and dates in the page's language, as the person's own country writes them. */

import { fill, language, plural, say } from "./language.js";

/** @param {number} share */
export function percent(share) {
  return new Intl.NumberFormat(language, { style: "percent" }).format(share);
}

/**
 * The line under the picture.
 * @param {number} rate readings a second
 * @param {number} delay milliseconds
 */
export function rateText(rate, delay) {
  const rounded = Math.round(rate);
  return fill(plural(say().rate, rounded), { rate: rounded, delay: Math.round(delay) });
}

/**
 * "1 min 5 s".
 * @param {number} length seconds
 */
export function lengthText(length) {
  const whole = Math.round(length);
  const seconds = whole % 60;
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  if (hours) return fill(say().lengthHours, { hours, minutes });
  if (minutes) return fill(say().lengthMinutes, { minutes, seconds });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(length);
  return fill(say().lengthSeconds, { seconds: length < 9.95 ? exact : seconds });
}

/**
 * The time in a film: "1:05".
 * @param {number} seconds
 */
export function filmTime(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ number) => String(number % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/**
 * The time of day, with seconds.
 * @param {Date} date
 */
export function clockText(date) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(date);
}

/**
 * The date and the time of day.
 * @param {Date} date
 */
export function dateText(date) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(date);
}

/**
 * The browser's own kind of the page's language; where it has none, the page's language with the clock
 * of 12 or 24 hours that the browser's first language has.
 */
function locale() {
  const own = globalThis.navigator?.languages ?? [];
  const tag = own.find((tag) => tag.split("-")[0]?.toLowerCase() === language);
  if (tag) return tag;
  const { hourCycle } = new Intl.DateTimeFormat(own[0], { hour: "numeric" }).resolvedOptions();
  return new Intl.Locale(language, hourCycle ? { hourCycle } : {});
}
