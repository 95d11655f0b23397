// SPDX-License-Identifier: MIT OR Apache-2.0
// Starts a program that was built as WASM, in a page or in Node, where it also brings what Node has not got.

const isNode = Boolean(globalThis.process?.versions?.node);

/**
 * Node has a WebSocket since version 22 and no WebRTC: npm's packages `ws` and `node-datachannel`, found from the script that
 * was started, serve. Globals that are there stay. Answers what has to be done at the end.
 */
async function equipNode() {
  const { createRequire } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  const load = createRequire(pathToFileURL(process.argv[1] ?? `${process.cwd()}/`));
  globalThis.WebSocket ??= load('ws').WebSocket;
  if (globalThis.RTCPeerConnection) return () => {};
  const { RTCPeerConnection } = load('node-datachannel/polyfill');
  globalThis.RTCPeerConnection = RTCPeerConnection;
  // Its threads would keep the process alive.
  return () => load('node-datachannel').cleanup();
}

/**
 * `factory` is the default export of the program's module. `options.arguments` are main's. Completes with the exit code when
 * flnet::run's task has ended; other options are Emscripten's.
 */
export async function start(factory, options = {}) {
  const cleanUp = isNode ? await equipNode() : () => {};
  const preRun = isNode ? [(module) => Object.assign(module.ENV, process.env)] : [];
  return new Promise((ended, failed) => {
    const finish = (code) => {
      cleanUp();
      ended(code);
    };
    factory({ preRun, ...options, ended: finish }).catch(failed);
  });
}
