// SPDX-License-Identifier: MIT OR Apache-2.0
// WASM nodes in Node or in pages against native ones and each other. node run_wasm_tests.mjs PLACE[,PLACE] NATIVE WASM
// Places: node (with either package: node:node-datachannel, node:@roamhq/wrtc), chromium, firefox. One place is tried with what
// io makes of it, with native nodes and with itself; two places with each other.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, skip } from '../browser/native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [where, nativeFolder, wasmFolder] = process.argv.slice(2);
for (const name of ['flsignal', 'echo_node', 'ask_node', 'restart_node']) {
  if (!existsSync(join(nativeFolder, name))) skip(`${nativeFolder} has no ${name}: build the preset release`);
}

/** A name of this machine that browsers do not trust as they trust 127.0.0.1. */
const insecureHost = 'insecure.test';

const native = { label: 'native', restarts: true, run: async (name, args) => new Program(join(nativeFolder, name), args) };

/** Node with the WebRTC of an npm package. */
function openNode(webrtc) {
  try {
    createRequire(import.meta.url)(webrtc);
  } catch (error) {
    skip(`npm package ${webrtc} is missing: run scripts/setup test (${error.message.split('\n')[0]})`);
  }
  const env = { ...process.env, FLNET_WEBRTC: webrtc };
  const start = (name, args) => [join(here, 'start.mjs'), join(wasmFolder, `${name}.mjs`), ...args];
  // libdatachannel does not restart ICE.
  const restarts = webrtc !== 'node-datachannel';
  return { label: `Node with ${webrtc}`, isNode: true, restarts, run: async (name, args) => new Program(process.execPath, start(name, args), { env }) };
}

async function openPlace(name) {
  const [kind, webrtc] = name.split(':');
  if (kind === 'node') return openNode(webrtc ?? 'node-datachannel');
  const { openPages } = await import('./pages.mjs');
  return openPages(kind, here, wasmFolder, [insecureHost]);
}

/** Until `program` ends; what it printed, when its exit code is not 0. */
async function succeeds(program) {
  const limit = setTimeout(() => program.stop(), 200000);
  await program.ended;
  clearTimeout(limit);
  if (program.child.exitCode !== 0) throw new Error(`exit code ${program.child.exitCode}:\n${program.output}`);
}

/** What a page may lack, and how that is done to it. */
const refusals = {
  'secure context': { host: insecureHost },
  'permission to store': { spoil: () => { indexedDB.open = () => { throw new DOMException('refused', 'SecurityError'); }; } },
  storage: { spoil: () => { Object.defineProperty(globalThis, 'indexedDB', { value: undefined }); } },
  WebRTC: { spoil: () => { globalThis.RTCPeerConnection = undefined; } },
  'more connections': { spoil: () => { globalThis.RTCPeerConnection = class { constructor() { throw new Error('no more'); } }; } },
  nothing: {},
};

/** `starter` is who begins the session: the asking node, or the echoing one. */
async function meet(url, asks, echoes, starter) {
  const echo = await echoes.run('echo_node', [url, ...(starter === 'echo' ? ['connect'] : [])]);
  try {
    const peer = await echo.line(/Our ID is ([0-9a-f]{64})/);
    const ask = await asks.run('ask_node', [url, peer, ...(starter === 'echo' ? ['wait'] : [])]);
    await succeeds(ask).finally(() => ask.stop());
  } catch (error) {
    throw new Error(`${error.message}\n--- echo_node said:\n${echo.output}`);
  } finally {
    await echo.stop();
  }
}

/** Both restart ICE while they talk; `begins` is who connects. Signalling takes so many milliseconds a way. */
async function restart(url, begins, waits, delay) {
  const waiting = await waits.run('restart_node', [url, delay]);
  try {
    const peer = await waiting.line(/Our ID is ([0-9a-f]{64})/);
    const beginning = await begins.run('restart_node', [url, delay, peer]);
    await Promise.all([succeeds(beginning), succeeds(waiting)]).finally(() => beginning.stop());
  } catch (error) {
    throw new Error(`${error.message}\n--- the one that waited said:\n${waiting.output}`);
  } finally {
    await waiting.stop();
  }
}

let good = true;
async function check(title, run) {
  const begun = performance.now();
  try {
    await run();
    console.log(`ok      ${title} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    good = false;
    console.log(`FAILED  ${title}: ${error.message}`);
  }
}

const bothWays = (one, other) => [[one, other], [other, one]];
const places = [];
for (const name of where.split(',')) places.push(await openPlace(name));
const pairs = places.length === 1 ? [...bothWays(native, places[0]), [places[0], places[0]]] : bothWays(...places);
const server = await native.run('flsignal', ['-v', '--listen', '127.0.0.1:0']);
try {
  const url = `ws://127.0.0.1:${await server.line(/listening on \S*:(\d+)/i)}`;
  if (places.length === 1) {
    await check(`${places[0].label}: what io makes of the platform`, async () => {
      const cases = await places[0].run('io_cases', [url]);
      await succeeds(cases).finally(() => cases.stop());
    });
    for (const [lack, change] of places[0].isNode ? [] : Object.entries(refusals)) {
      await check(`${places[0].label}: what is refused without: ${lack}`, async () => {
        const cases = await places[0].run('refused_cases', [url, lack], change);
        await succeeds(cases).finally(() => cases.stop());
      });
    }
  }
  for (const [asks, echoes] of pairs) {
    for (const starter of ['ask', 'echo']) {
      await check(`${asks.label} asks, ${echoes.label} echoes, the ${starter}ing node starts`,
        () => meet(url, asks, echoes, starter));
    }
    if (asks.restarts && echoes.restarts) {
      for (const delay of ['0', '100']) {
        await check(`${asks.label} connects to ${echoes.label}, both restart ICE, signalling takes ${delay} ms`,
          () => restart(url, asks, echoes, delay));
      }
    }
  }
} finally {
  await server.stop();
  for (const place of places) await place.close?.();
}
process.exit(good ? 0 : 1);
