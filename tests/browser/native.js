// SPDX-License-Identifier: MIT OR Apache-2.0
// Starts the native programs that browser and interop tests talk to, and runs the cases both have in common.
import { spawn } from 'node:child_process';

/** A process of ours; `line` completes with the first match in what it prints. */
export class Program {
  constructor(path, args, options = {}) {
    this.name = path.split('/').pop();
    this.output = '';
    this.child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.ended = new Promise((done) => this.child.on('close', done));
    this.child.on('error', (error) => { this.output += `${error}\n`; });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (data) => { this.output += data; });
    }
  }

  async line(pattern) {
    for (let turn = 0; turn < 300; turn++) {
      const found = this.output.match(pattern);
      if (found) return found[1];
      if (this.child.exitCode !== null || this.child.signalCode) break;
      await new Promise((later) => setTimeout(later, 50));
    }
    throw new Error(`${this.name} did not print ${pattern}; it said:\n${this.output}`);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const stubborn = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(stubborn);
  }
}

/** Who starts the session × whose id is smaller; `hears` are the words that the plain node must have got. */
const setups = [
  { setup: 'offer', order: 'smaller', hears: 'Answer' },
  { setup: 'offer', order: 'larger', hears: 'Answer' },
  { setup: 'init', order: 'smaller', hears: 'Offer' },
  { setup: 'init', order: 'larger', hears: 'Offer' },
  { setup: 'wait', order: 'larger', hears: 'Offer' },
  { setup: 'wait', order: 'smaller', hears: undefined },
  { setup: 'greet', order: 'larger', hears: 'Offer' },
];

/** Each for a plain node of each kind. */
export const cases = ['0.7', '0.10', 'flnet'].flatMap((dialect) => setups.map((one) => ({ ...one, dialect })));

const titles = {
  offer: 'the plain node offers',
  init: 'the plain node asks the native one to offer',
  wait: 'the native node starts',
  greet: 'the native node sends first',
};

/** Runs `cases`, each with a native node of its own; `exchange` is run where the plain node lives. False when one failed. */
export async function runCases(programs, label, chosen, exchange) {
  let good = true;
  const server = new Program(programs.flsignal, ['-v', '--listen', '127.0.0.1:0']);
  try {
    const url = `ws://127.0.0.1:${await server.line(/listening on \S*:(\d+)/i)}`;
    for (const { setup, order, hears, dialect } of chosen) {
      const title = `${label}, ${dialect}: ${titles[setup]}, plain id ${order}`;
      const role = { wait: ['connect'], greet: ['greet'] }[setup] ?? [];
      const [path, ...first] = [programs.echo_node].flat();
      const native = new Program(path, [...first, url, ...role]);
      try {
        const peer = await native.line(/Our ID is ([0-9a-f]{64})/);
        const { heard, opened_ms } = await exchange({ url, peer, order, setup, dialect });
        if (hears && !heard.includes(hears)) throw new Error(`heard ${heard}, but no ${hears}`);
        console.log(`ok      ${title} (open after ${opened_ms} ms)`);
      } catch (error) {
        good = false;
        console.log(`FAILED  ${title}: ${error.message}\n--- ${native.name} said:\n${native.output}`);
      } finally {
        await native.stop();
      }
    }
  } catch (error) {
    good = false;
    console.log(`FAILED  ${label}: ${error.message}`);
  } finally {
    await server.stop();
    if (!good) console.log(`--- ${server.name} said:\n${server.output}`);
  }
  return good;
}

/** Ends a suite that cannot run here, in the way that ctest reads as skipped. */
export function skip(reason) {
  console.log(`SKIPPED ${reason}`);
  process.exit(77);
}
