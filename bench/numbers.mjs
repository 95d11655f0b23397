// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tables of measurements share: medians, and how numbers are shown.

/** The value below which `share` of them lie. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Of those that are there. */
export function median(values) {
  return quantile(values.filter((value) => value !== undefined), 0.5);
}

export function shown(value) {
  if (value === undefined) return '—';
  if (value === 0) return '0';
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
