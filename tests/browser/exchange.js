// SPDX-License-Identifier: MIT OR Apache-2.0
// One test case, run where WebRTC is (a page, or Node): meet a node that echoes, send it messages, compare what returns.
import { PlainNode, generateKeys, within } from './plain_node.js';

const sizes = [1, 1024, 16 * 1024, 64 * 1024, 256 * 1024];

/** Bytes that differ from place to place, so that a lost or swapped piece shows. */
function pattern(size) {
  const bytes = new Uint8Array(size);
  let state = size + 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** Text of exactly `size` bytes of UTF-8; from some size on with letters of two, three and four bytes. */
function words(size) {
  const alphabet = 'aé€😀';
  const whole = Math.floor(size / 10);
  return alphabet.repeat(whole) + 'x'.repeat(size - whole * 10);
}

function describe(data) {
  return typeof data === 'string' ? `text of ${data.length} letters` : `binary of ${data.byteLength} bytes`;
}

function same(sent, received) {
  if (typeof sent === 'string' || typeof received === 'string') return sent === received;
  const bytes = new Uint8Array(received);
  return bytes.length === sent.length && bytes.every((byte, at) => byte === sent[at]);
}

/** Sends everything at once and compares the echoes in order: size, kind, content. */
async function echoAll(node, peer, payloads) {
  const echoes = [];
  let seen;
  const all = new Promise((done) => { seen = done; });
  node.onmessage = (from, data) => {
    if (from === peer) echoes.push(data);
    if (echoes.length === payloads.length) seen();
  };
  for (const payload of payloads) node.send(peer, payload);
  await within(20000, 'complete set of echoes', all).catch((error) => {
    throw new Error(`${error.message}: ${echoes.length} of ${payloads.length} came`);
  });
  payloads.forEach((payload, at) => {
    if (!same(payload, echoes[at])) {
      throw new Error(`message ${at}: sent ${describe(payload)}, got ${describe(echoes[at])}, or other content`);
    }
  });
}

/**
 * `setup` is who starts and how: 'offer' (we offer), 'init' (we ask the peer to offer), 'wait' (the peer starts). `order`
 * puts our id below or above the peer's.
 */
export async function exchange(world, { url, peer, order, setup, binary = true }) {
  const fits = (id) => (order === 'smaller' ? id < peer : id > peer);
  const node = new PlainNode(world, await generateKeys(world.crypto, fits));
  try {
    await within(10000, 'list from the server', node.start(url));
    await within(10000, 'echoing node in the list', node.lists(peer));
    if (setup === 'offer') await node.offer(peer);
    if (setup === 'init') node.init(peer);
    const started = performance.now();
    await within(20000, 'open channel', node.opens(peer));
    const opened = performance.now();
    const payloads = [];
    for (const size of sizes) {
      payloads.push(words(size));
      if (binary) payloads.push(pattern(size));
    }
    await echoAll(node, peer, payloads);
    for (const payload of payloads) await echoAll(node, peer, [payload]);
    const heard = [...new Set(node.heard)].filter((kind) => kind !== 'IceCandidate');
    return { heard, opened_ms: Math.round(opened - started), errors: node.errors };
  } catch (error) {
    throw new Error(`${error.message}; heard ${node.heard.join(' ') || 'nothing'}; ${node.errors.join('; ')}`);
  } finally {
    node.close();
  }
}
