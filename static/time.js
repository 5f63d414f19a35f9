// @ts-check

/**
 * "in 23 h 41 min", "2 h ago": the same words as the server's `components::relative`.
 * @param {string} instant RFC 3339
 * @param {number} now milliseconds since 1970
 */
export function timeLeft(instant, now) {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return "";
  const seconds = Math.floor(Math.abs(at - now) / 1000);
  if (at > now) return `in ${length(seconds)}`;
  return seconds < 60 ? "just now" : `${length(seconds)} ago`;
}

/** @param {number} seconds */
function length(seconds) {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days >= 14) return `${days} d`;
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}
