// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs every measurement on both sides in turn and prints the medians with their ratio. Started by bench/run.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median, shown } from './numbers.mjs';

const { values: options, positionals: [flnetBench] } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, json: { type: 'string' } },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const scale = options.quick ? 0.2 : 1;
const seconds = Math.max(1, 5 * scale);

const run = promisify(execFile);
const peer = fileURLToPath(new URL('peer_datachannel.mjs', import.meta.url));
const sides = {
  flnet: (command) => run(flnetBench, command, { timeout: 240000 }),
  'node-datachannel': (command) => run(process.execPath, [peer, ...command], { timeout: 240000 }),
};

/** What each row shows: the command, which of its numbers, and whether more of it is better. */
const count = (number) => String(Math.max(10, Math.round(number * scale)));
const sizes = [['64 B', 64], ['1 KiB', 1024], ['16 KiB', 16384], ['64 KiB', 65536], ['256 KiB', 262144]];
const measurements = [
  ...sizes.map(([title, size]) => ({
    command: ['throughput', String(size), String(seconds)],
    rows: [
      { title: `throughput, ${title} messages`, unit: 'MB/s', value: 'megabytes_per_s', more: true },
      { title: `messages a second, ${title}`, unit: '/s', value: 'messages_per_s', more: true },
      { title: `processor time a gigabyte, ${title}`, unit: 's', value: 'cpu_s_per_gb', more: false },
    ],
  })),
  {
    command: ['latency', count(20000)],
    floor: ['udp', count(20000)],
    rows: [
      { title: 'round trip of 64 B, median', unit: 'µs', value: 'p50_us', more: false },
      { title: 'round trip of 64 B, 99 %', unit: 'µs', value: 'p99_us', more: false },
    ],
  },
  {
    command: ['setup', count(100)],
    rows: [
      { title: 'set-up to the first echo, median', unit: 'ms', value: 'p50_ms', more: false },
      { title: 'set-up to the first echo, 99 %', unit: 'ms', value: 'p99_ms', more: false },
      { title: 'set-up to the first echo, slowest', unit: 'ms', value: 'max_ms', more: false },
      { title: 'set-ups that failed', unit: '', value: 'failed', more: false },
    ],
  },
  {
    command: ['idle', count(500), String(seconds)],
    rows: [
      { title: 'memory of an idle connection', unit: 'KiB', value: 'kib_per_connection', more: false },
      { title: 'processor, 1000 idle connections', unit: '%', value: 'cpu_percent_per_1000', more: false },
    ],
  },
];

/** One run of one side; undefined when it failed, which is said and does not end the others. */
async function once(side, command) {
  try {
    return JSON.parse((await sides[side](command)).stdout);
  } catch (error) {
    const reason = (error.stderr || error.message).trim().split('\n').pop();
    console.error(`${side} ${command.join(' ')}: no result: ${error.killed ? 'out of time' : reason}`);
    return undefined;
  }
}

/** The sides take turns, so that a machine that slows down slows both. */
async function measure({ command, floor, rows }) {
  const results = { flnet: [], 'node-datachannel': [], floor: [] };
  for (let round = 0; round < rounds; round++) {
    if (floor) results.floor.push(await once('flnet', floor));
    for (const side of Object.keys(sides)) results[side].push(await once(side, command));
  }
  const of = (side, value) => median(results[side].map((result) => result?.[value]));
  return rows.map((row) => ({
    ...row,
    flnet: of('flnet', row.value),
    peer: of('node-datachannel', row.value),
    floor: floor ? of('floor', row.value) : undefined,
  }));
}

function ratio({ flnet, peer, more }) {
  if (!flnet || !peer) return '—';
  return `${(more ? flnet / peer : peer / flnet).toFixed(2)} ×`;
}

function print(row) {
  const floor = row.floor === undefined ? '' : `   bare UDP echo ${shown(row.floor)}: ours is ${(row.flnet / row.floor).toFixed(2)} × that`;
  console.log(row.title.padEnd(40) + row.unit.padStart(6) + shown(row.flnet).padStart(12) + shown(row.peer).padStart(18) +
    ratio(row).padStart(12) + floor);
}

console.log(`${cpus().length} × ${cpus()[0].model}; medians of ${rounds} round(s), both sides in turn; loopback, two processes a side`);
console.log(''.padEnd(40) + 'unit'.padStart(6) + 'flnet'.padStart(12) + 'node-datachannel'.padStart(18) + 'better by'.padStart(12));
const all = [];
for (const measurement of measurements) {
  for (const row of await measure(measurement)) {
    all.push(row);
    print(row);
  }
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ rounds, rows: all }, null, 2)}\n`);
process.exit(all.some(({ flnet }) => flnet === undefined) ? 1 : 0);
