// SPDX-License-Identifier: MIT OR Apache-2.0
// Starts a program that was built as WASM, in a page or in Node, where it also brings what Node has not got.

const isNode = Boolean(globalThis.process?.versions?.node);

/** npm's packages with WebRTC for Node, the better one first: what it brings, and what has to be done at the end. */
const webRtcPackages = {
  'node-datachannel': (load) => ({
    RTCPeerConnection: load('node-datachannel/polyfill').RTCPeerConnection,
    cleanUp: () => load('node-datachannel').cleanup(),  // Its threads would keep the process alive.
  }),
  '@roamhq/wrtc': (load) => ({ RTCPeerConnection: load('@roamhq/wrtc').RTCPeerConnection, cleanUp: () => {} }),
};

/** What `bring` loads, or nothing where its package is not installed: C++ then says what is missing when it is needed. */
function ifInstalled(bring) {
  try {
    return bring();
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The package that FLNET_WEBRTC names, or the first that is installed. */
function loadWebRtc(load) {
  const wanted = process.env.FLNET_WEBRTC;
  if (wanted && !webRtcPackages[wanted]) {
    throw new Error(`FLNET_WEBRTC is ${wanted}, but may be ${Object.keys(webRtcPackages).join(' or ')}`);
  }
  if (wanted) return webRtcPackages[wanted](load);
  for (const bring of Object.values(webRtcPackages)) {
    const brought = ifInstalled(() => bring(load));
    if (brought) return brought;
  }
  return { cleanUp: () => {} };
}

/**
 * Node has a WebSocket since version 22 and no WebRTC: npm's packages, found from the script that was started, serve. Globals
 * that are there stay. Answers what has to be done at the end.
 */
async function equipNode() {
  const { createRequire } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  const load = createRequire(pathToFileURL(process.argv[1] ?? `${process.cwd()}/`));
  globalThis.WebSocket ??= ifInstalled(() => load('ws').WebSocket);
  if (globalThis.RTCPeerConnection) return () => {};
  const { RTCPeerConnection, cleanUp } = loadWebRtc(load);
  globalThis.RTCPeerConnection = RTCPeerConnection;
  return cleanUp;
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
