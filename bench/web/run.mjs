// SPDX-License-Identifier: MIT OR Apache-2.0
// Measures flnet in pages and plain JavaScript there in turn, both also with a native peer, and prints medians and sizes.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, shown } from '../numbers.mjs';
import { inEachBrowser } from './browsers.mjs';
import { roundTrip, throughput } from './measure.mjs';
import { openNative } from './side.mjs';
import { sizes } from './sizes.mjs';

const { values: options, positionals: [wasmPrograms, nativePrograms] } = parseArgs({
  allowPositionals: true,
  options: {
    web: { type: 'boolean' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    browser: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
const seconds = options.quick ? 1 : 3;
const trips = options.quick ? 1000 : 3000;
const kib = 1024;
/** What is slower than this, with messages of a KiB or more, has stalled on any machine. */
const least_megabytes_per_s = 1;
const native = `${nativePrograms}/peer_side`;

const throughputRows = (way, title) => [
  { title: `${way}: throughput, ${title}`, unit: 'MB/s', value: 'megabytes_per_s', more: true },
  { title: `${way}: messages a second, ${title}`, unit: '/s', value: 'messages_per_s', more: true },
  { title: `${way}: processor time a gigabyte, ${title}`, unit: 's', value: 'cpu_s_per_gb', more: false },
  { title: `${way}: runs that stalled, ${title}`, unit: '', value: 'stalls', more: false },
];
const roundTripRows = (way) => [
  { title: `${way}: round trip of 64 B, median`, unit: 'µs', value: 'p50_us', more: false },
  { title: `${way}: round trip of 64 B, 99 %`, unit: 'µs', value: 'p99_us', more: false },
];

/** Both ends are opened anew each time: no connection knows what another one has learned of the way. */
async function between(openSender, openReceiver, measure) {
  const sides = [];
  try {
    for (const open of [openReceiver, openSender]) sides.push(await open());
    return await measure(sides[1], sides[0]);
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

/** `kind` is what the page runs: JavaScript or WASM. */
const ways = {
  'page to page': (browser, kind) => [
    (...role) => () => browser.open(kind, ...role),
    (...role) => () => browser.open(kind, ...role),
  ],
  'page to native': (browser, kind) => [
    (...role) => () => browser.open(kind, ...role),
    (...role) => () => openNative(native, ...role),
  ],
  'native to page': (browser, kind) => [
    (...role) => () => openNative(native, ...role),
    (...role) => () => browser.open(kind, ...role),
  ],
};

const flood = (way, title, size) => ({
  rows: throughputRows(way, title),
  run: (browser, kind) => {
    const [sender, receiver] = ways[way](browser, kind);
    return between(sender('flood', size), receiver('count'), (one, other) => {
      const roots = [browser.pid, one.pid, other.pid].filter(Boolean);
      return throughput(one, other, roots, seconds);
    });
  },
});
const echo = (way) => ({
  rows: roundTripRows(way),
  run: (browser, kind) => {
    const [sender, receiver] = ways[way](browser, kind);
    return between(sender('rounds', trips), receiver('echo'), roundTrip);
  },
});

const measurements = [
  ...[['64 B', 64], ['1 KiB', kib], ['16 KiB', 16 * kib], ['64 KiB', 64 * kib], ['256 KiB', 256 * kib]]
    .map(([title, size]) => flood('page to page', title, size)),
  echo('page to page'),
  ...['page to native', 'native to page'].map((way) => flood(way, '16 KiB', 16 * kib)),
  echo('page to native'),
];

/** One run; undefined when it failed, which is said and does not end the others. */
async function once(run, browser, kind) {
  try {
    return await run(browser, kind);
  } catch (error) {
    console.error(`${browser.label}, ${kind}: no result: ${error.message}`);
    return undefined;
  }
}

/**
 * Chromium's SCTP now and then drops packets of its own when it begins to send, and hardly moves for seconds then, whoever
 * sends. Such runs are counted in a row of their own.
 */
function stalled(result, best) {
  if (result?.megabytes_per_s === undefined) return false;
  const size = (result.megabytes_per_s * 1e6) / result.messages_per_s;
  return result.megabytes_per_s < best / 4 || (size >= kib && result.megabytes_per_s < least_megabytes_per_s);
}

/** The sides take turns, so that a machine that slows down slows both; who begins changes, too. Stalled runs are repeated. */
async function takeTurns(browser, run) {
  const results = { WASM: [], JavaScript: [] };
  const best = () => Math.max(...Object.values(results).flat().map((result) => result?.megabytes_per_s ?? 0));
  const good = (kind) => results[kind].filter((result) => !stalled(result, best()));
  for (let round = 0; round < 2 * rounds + 4; round++) {
    const order = round % 2 ? ['JavaScript', 'WASM'] : ['WASM', 'JavaScript'];
    for (const kind of order) {
      if (round < rounds || good(kind).length < rounds) results[kind].push(await once(run, browser, kind));
    }
  }
  const stalls = (kind) => results[kind].length - good(kind).length;
  return { WASM: good('WASM'), JavaScript: good('JavaScript'), stalls };
}

async function measure(browser, { rows, run }) {
  const results = await takeTurns(browser, run);
  const of = (kind, { value }) => (value === 'stalls' ? results.stalls(kind) : median(results[kind].map((result) => result?.[value])));
  return rows.map((row) => ({
    browser: browser.label, ...row, wasm: of('WASM', row), javascript: of('JavaScript', row),
  }));
}

function ratio({ wasm, javascript, more }) {
  if (!wasm || !javascript) return '—';
  return `${(more ? wasm / javascript : javascript / wasm).toFixed(2)} ×`;
}

function print(title, unit, ...columns) {
  console.log(title.padEnd(52) + unit.padStart(6) + columns.map((column) => column.padStart(13)).join(''));
}

console.log(`${cpus().length} × ${cpus()[0].model}; medians of ${rounds} round(s), both kinds of page in turn; loopback`);
const all = [];
await inEachBrowser(wasmPrograms, options.browser, async (browser) => {
  print(`${browser.label} ${await browser.version()}`, 'unit', 'flnet-WASM', 'JavaScript', 'better by');
  for (const measurement of measurements) {
    if (options.only && !measurement.rows[0].title.includes(options.only)) continue;
    for (const row of await measure(browser, measurement)) {
      all.push(row);
      if (row.value !== 'stalls' || row.wasm + row.javascript > 0) print(row.title, row.unit, shown(row.wasm), shown(row.javascript), ratio(row));
    }
  }
});
print('size by gzip -9', 'unit', 'wasm', 'js', 'sum');
for (const { program, wasm, js } of sizes(wasmPrograms)) {
  all.push({ program, wasm, js });
  print(program, 'KiB', ...[wasm, js, wasm + js].map((bytes) => (bytes / 1024).toFixed(1)));
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ rounds, rows: all }, null, 2)}\n`);
process.exit(all.some((row) => 'value' in row && row.wasm === undefined) ? 1 : 0);
