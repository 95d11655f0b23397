// SPDX-License-Identifier: MIT OR Apache-2.0
// One test case, run where WebRTC is (a page, or Node): meet a node that echoes, send it messages, compare what returns.
import { PlainNode, generateKeys, within } from './plain_node.js';

const sizes = [1, 1024, 16 * 1024, 16 * 1024 + 1, 64 * 1024, 256 * 1024];

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
  if (typeof data !== 'string') return `binary of ${data.byteLength} bytes`;
  return data.length < 80 ? JSON.stringify(data) : `text of ${data.length} letters`;
}

function same(sent, received) {
  if (typeof sent === 'string' || typeof received === 'string') return sent === received;
  const bytes = new Uint8Array(received);
  return bytes.length === sent.length && bytes.every((byte, at) => byte === sent[at]);
}

/** The peer's next messages must be these: size, kind, content. */
async function expectAll(node, peer, expected) {
  const came = await within(20000, 'complete set of messages', node.take(peer, expected.length)).catch((error) => {
    throw new Error(`${error.message}: ${node.inbox.length} of ${expected.length} came: ${node.inbox.map(({ data }) => describe(data))}`);
  });
  expected.forEach((message, at) => {
    if (!same(message, came[at])) {
      throw new Error(`message ${at}: wanted ${describe(message)}, got ${describe(came[at])}, or other content`);
    }
  });
}

/** Sends everything at once and compares the echoes, in order. */
async function echoAll(node, peer, payloads) {
  for (const payload of payloads) node.send(peer, payload);
  await expectAll(node, peer, payloads);
}

/** What is text for our programs and looks like a packet, and what has to be escaped in one. */
const oddTexts = ['{"data":"x"}', 'module: Ping\nmsg: "\\Ping/\u0000\u0001\t\r\b\f\u007f"\n', ''];

async function exchangeAll(node, peer, dialect) {
  const payloads = [...oddTexts];
  for (const size of sizes) {
    payloads.push(words(size));
    if (dialect === 'flnet') payloads.push(pattern(size));
  }
  await echoAll(node, peer, payloads);
  for (const payload of payloads) await echoAll(node, peer, [payload]);
  if (dialect === '0.7') {
    node.send(peer, pattern(10));
    await expectAll(node, peer, ['not sent: unsupported_by_peer']);
  } else if (dialect === '0.10') {
    // Neither is a packet.
    for (const data of [pattern(10), 'module: Ping']) node.open(peer).channel.send(data);
    await echoAll(node, peer, ['still there']);
  }
}

/** The peer has sent binary and text before it knew what we are. */
async function takeGreeting(node, peer, dialect) {
  if (dialect === 'flnet') return expectAll(node, peer, [Uint8Array.of(1, 2, 3), 'greeting']);
  return expectAll(node, peer, ['greeting', 'lost 1: unsupported_by_peer']);
}

/**
 * `setup` is who starts and how: 'offer' (we offer), 'init' (we ask the peer to offer), 'wait' (the peer starts), 'greet'
 * (the peer starts by sending). `order` puts our id below or above the peer's.
 */
export async function exchange(world, { url, peer, order, setup, dialect }) {
  const fits = (id) => (order === 'smaller' ? id < peer : id > peer);
  const node = new PlainNode(world, await generateKeys(world.crypto, fits), dialect);
  try {
    await within(10000, 'list from the server', node.start(url));
    await within(10000, 'echoing node in the list', node.lists(peer));
    if (dialect === '0.10' && !node.configured) throw new Error('no SystemConfig');
    // The server tells others of us, and of how we write, after 100 ms.
    await new Promise((later) => setTimeout(later, 300));
    if (setup === 'offer') await node.offer(peer);
    if (setup === 'init') node.init(peer);
    const started = performance.now();
    await within(20000, 'open channel', node.opens(peer));
    const opened = performance.now();
    if (setup === 'greet') await takeGreeting(node, peer, dialect);
    await exchangeAll(node, peer, dialect);
    if (node.errors.length > 0) throw new Error('something went wrong on the way');
    const heard = [...new Set(node.heard)].filter((kind) => kind !== 'IceCandidate');
    return { heard, opened_ms: Math.round(opened - started), errors: node.errors };
  } catch (error) {
    throw new Error(`${error.message}; heard ${node.heard.join(' ') || 'nothing'}; ${node.errors.join('; ')}`);
  } finally {
    node.close();
  }
}
