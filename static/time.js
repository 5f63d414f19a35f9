// @ts-check
// The page says in its language how times are told; the server puts its own together from the same words.

/** @type {Record<"in" | "ago" | "now" | "days" | "hours" | "minutes" | "seconds" | "pair", string>} */
const words = JSON.parse(document.documentElement.dataset.time ?? "{}");

/**
 * "in 23 h 41 min", "2 h ago".
 * @param {string} instant RFC 3339
 * @param {number} now milliseconds since 1970
 */
export function timeLeft(instant, now) {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return "";
  const seconds = Math.floor(Math.abs(at - now) / 1000);
  if (at > now) return words.in.replace("{time}", length(seconds));
  return seconds < 60 ? words.now : words.ago.replace("{time}", length(seconds));
}

/** @param {number} seconds */
function length(seconds) {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return pair(unit(words.days, days), days < 14 && hours ? unit(words.hours, hours) : "");
  if (hours) return pair(unit(words.hours, hours), minutes ? unit(words.minutes, minutes) : "");
  return minutes ? unit(words.minutes, minutes) : unit(words.seconds, seconds);
}

/**
 * @param {string} pattern
 * @param {number} n
 */
function unit(pattern, n) {
  return pattern.replace("{n}", String(n));
}

/**
 * @param {string} large
 * @param {string} small
 */
function pair(large, small) {
  return small ? words.pair.replace("{large}", large).replace("{small}", small) : large;
}
