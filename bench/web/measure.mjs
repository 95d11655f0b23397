// SPDX-License-Identifier: MIT OR Apache-2.0
// The two measurements between two sides: as fast as the sender may, and there and back.
import { readFileSync, readdirSync } from 'node:fs';
import { quantile } from '../numbers.mjs';
import { link } from './side.mjs';

const warm_up_ms = 2000;
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** Seconds of processor time that these processes and all below them have used. */
function processorTime(roots) {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return [{ pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
    } catch {
      return [];  // It has just ended.
    }
  });
  const below = (parent) => processes.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  const own = processes.filter(({ pid }) => roots.includes(pid));
  const ticks_per_second = 100;
  return [...own, ...roots.flatMap(below)].reduce((sum, { ticks }) => sum + ticks, 0) / ticks_per_second;
}

async function reading(receiver, roots) {
  const counted = receiver.next('counted');
  receiver.tell('count');
  const [bytes, messages, at_s] = (await counted).split(' ').map(Number);
  return { bytes, messages, at_s, cpu_s: processorTime(roots) };
}

/** One way, counted by the receiver after a second of warming up. `roots`: whose processor time counts. */
export async function throughput(sender, receiver, roots, seconds) {
  await link(sender, receiver);
  await pause(warm_up_ms);
  const before = await reading(receiver, roots);
  await pause(seconds * 1000);
  const after = await reading(receiver, roots);
  const took = after.at_s - before.at_s;
  const bytes = after.bytes - before.bytes;
  return {
    messages_per_s: (after.messages - before.messages) / took,
    megabytes_per_s: bytes / took / 1e6,
    cpu_s_per_gb: (after.cpu_s - before.cpu_s) / (bytes / 1e9),
  };
}

export async function roundTrip(sender, receiver) {
  const told = sender.next('times');
  await Promise.all([told, link(sender, receiver)]);
  const times = (await told).split(' ').map(Number);
  return { p50_us: quantile(times, 0.5), p99_us: quantile(times, 0.99) };
}
