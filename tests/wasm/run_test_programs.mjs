// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs GoogleTest programs that were built as WASM, where a signalling server listens.
// node run_test_programs.mjs node|chromium|firefox NATIVE WASM PROGRAM… [--gtest_filter=…]
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, skip } from '../browser/native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [where, nativeFolder, wasmFolder, ...words] = process.argv.slice(2);
const programs = words.filter((word) => !word.startsWith('--'));
const flags = words.filter((word) => word.startsWith('--'));
const flsignal = join(nativeFolder, 'flsignal');
if (!existsSync(flsignal)) skip(`${nativeFolder} has no flsignal: build the preset release`);
/** Of one program: a page that hangs says nothing any more. */
const limit_ms = 150000;

// Now and then libdatachannel loses its half of a session while that is set up ("without ICE transport"), whatever is tested: in
// Node what failed is tried again, on its own.
const inNode = {
  attempts: 3,
  run: async (name, args) => new Program(process.execPath, [join(here, 'start.mjs'), join(wasmFolder, `${name}.mjs`), ...args]),
};

async function inBrowser() {
  const { openPages } = await import('./pages.mjs');
  return openPages(where, here, wasmFolder);
}

/** What it printed when it has ended, and its exit code, null when it did not end in time. */
async function outcome(place, name, args) {
  const program = await place.run(name, args);
  const limit = setTimeout(() => program.stop(), limit_ms);
  await program.ended;
  clearTimeout(limit);
  await program.stop();
  return { output: program.output, code: program.child.exitCode };
}

/** True when its exit code is 0, once those that failed have been tried again. */
async function passes(place, name, args) {
  let filter = [];
  for (let attempt = 1; ; attempt++) {
    const { output, code } = await outcome(place, name, [...args, ...filter]);
    console.log(`--- ${name}\n${output}--- ${name}: ${code === null ? 'no end in time' : `exit code ${code}`}`);
    const failed = [...output.matchAll(/^\[  FAILED  \] ([\w.]+)$/gm)].map(([, test]) => test);
    if (code === 0 || !failed.length || attempt >= (place.attempts ?? 1)) return code === 0;
    console.log(`--- tried again: ${failed.join(' ')}`);
    filter = [`--gtest_filter=${failed.join(':')}`];
  }
}

const place = where === 'node' ? inNode : await inBrowser();
const server = new Program(flsignal, ['-v', '--listen', '127.0.0.1:0']);
let good = programs.length > 0;
try {
  const url = `ws://127.0.0.1:${await server.line(/listening on \S*:(\d+)/i)}`;
  for (const name of programs) good = await passes(place, name, [url, ...flags]) && good;
} finally {
  await server.stop();
  await place.close?.();
}
process.exit(good ? 0 : 1);
