// SPDX-License-Identifier: MIT OR Apache-2.0
// What the programs weigh when a web server sends them: gzip -9 of the module and of its JavaScript.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const programs = {
  ping_pong: 'ping-pong by a handler', ping_pong_loop: 'ping-pong by a coroutine', hello: 'hello, the smallest node', peer_side: 'PeerConnection alone',
};

const weight = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

/** Those that are built; the loader, which all share, counts to the JavaScript. */
export function sizes(folder) {
  return Object.entries(programs).filter(([name]) => existsSync(join(folder, `${name}.wasm`))).map(([name, program]) => ({
    program,
    wasm: weight(join(folder, `${name}.wasm`)),
    js: weight(join(folder, `${name}.mjs`)) + weight(join(folder, 'flnet_loader.mjs')),
  }));
}
