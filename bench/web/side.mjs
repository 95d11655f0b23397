// SPDX-License-Identifier: MIT OR Apache-2.0
// A side of a measurement as its driver sees it: words in, words out. Pages are in browsers.mjs, the native one is here.
import { spawn } from 'node:child_process';

const patience_ms = 60000;

export class Side {
  constructor() {
    this.listeners = new Map();
    this.early = [];
  }

  /** Calls `listener` with what follows the word `kind`, each time. */
  on(kind, listener) {
    this.listeners.set(kind, listener);
    for (const words of this.early.splice(0)) this.hear(words);
  }

  /** What follows the next word `kind`. */
  next(kind) {
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`no word "${kind}" in time`)), patience_ms);
      const settle = (settled) => (text) => {
        clearTimeout(late);
        this.listeners.delete(kind);
        settled(text);
      };
      this.on(kind, settle(done));
      this.on('ended', settle((how) => failed(new Error(`a side has ended: ${how}`))));
    });
  }

  hear(words) {
    const [kind] = words.split(' ', 1);
    const listener = this.listeners.get(kind);
    if (listener) listener(words.slice(kind.length + 1));
    else this.early.push(words);
  }
}

class NativeSide extends Side {
  constructor(program, role, number) {
    super();
    this.process = spawn(program, [role, String(number)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.pid = this.process.pid;
    this.ended = new Promise((done) => this.process.on('close', done));
    this.ended.then((code) => this.hear(`ended ${code}`));
    let unread = '';
    this.process.stdout.setEncoding('utf8').on('data', (text) => {
      const words = (unread + text).split('\0');
      unread = words.pop();
      for (const word of words) this.hear(word);
    });
  }

  tell(word) {
    this.process.stdin.write(`${word}\0`);
  }

  async close() {
    this.process.stdin.end();
    const stubborn = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(stubborn);
  }
}

export const openNative = (program, role, number = 0) => new NativeSide(program, role, number);

/** `candidate:` six words, of which the fifth is the address. */
const isIPv6 = (candidate) => candidate.split(' ')[4]?.includes(':') ?? false;

/**
 * Carries the words of the set-up between the two; completes when messages flow. One address family, because browsers go from
 * one to the other while messages flow, and lose what is under way.
 */
export async function link(one, other) {
  for (const [from, to] of [[one, other], [other, one]]) {
    for (const kind of ['offer', 'answer']) from.on(kind, (text) => to.tell(`${kind} ${text}`));
    from.on('candidate', (text) => { if (!isIPv6(text)) to.tell(`candidate ${text}`); });
  }
  await Promise.all([one.next('open'), other.next('open')]);
}
