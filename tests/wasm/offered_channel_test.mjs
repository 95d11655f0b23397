// SPDX-License-Identifier: MIT OR Apache-2.0
// When C++ hears of a channel that the peer has opened, and of what has happened to it by then. node offered_channel_test.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';

const library = {};
globalThis.addToLibrary = (part) => Object.assign(library, part);
for (const name of ['glue', 'peer_channel', 'peer_connection']) {
  runInThisContext(readFileSync(new URL(`../../src/io/wasm/js/${name}.js`, import.meta.url), 'utf8'));
}
globalThis.ENVIRONMENT_IS_NODE = false;
globalThis.flnet = { ...library.$flnet, put: (data) => data };
globalThis.flnetPeer = library.$flnetPeer;
globalThis.flnetChannel = library.$flnetChannel;

/** What C++ was told. */
let told = [];
globalThis._flnet_peer_opened = () => told.push('opened');
globalThis._flnet_peer_received = (self, isBinary, data) => told.push(data);
globalThis._flnet_peer_ended = (self, how, why) => told.push(why);

const tasks = () => new Promise((later) => { setTimeout(later, 20); });

/** A peer to which a channel is offered that says it is open. */
function offered() {
  told = [];
  const connection = { localDescription: { sdp: 'v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\n' } };
  const peer = { self: 1, connection, waiting: [], waitingBytes: 0, mostBytes: 1000, mostWaiting: 1000, channels: new Map() };
  flnetPeer.listen(peer);
  const channel = { readyState: 'open', onbufferedamountlow: null, close() { this.readyState = 'closed'; } };
  connection.ondatachannel({ channel });
  return { peer, channel };
}

{
  offered();
  await Promise.resolve();
  assert.deepEqual(told, [], 'not in the task that offers it');
  await tasks();
  assert.deepEqual(told, ['opened']);
}
{
  const { channel } = offered();
  channel.readyState = 'connecting';
  await tasks();
  assert.deepEqual(told, [], 'Chromium has taken back that it is open');
  channel.readyState = 'open';
  channel.onopen();
  assert.deepEqual(told, ['opened']);
}
{
  const { channel } = offered();
  channel.onmessage({ data: 'first' });
  channel.onmessage({ data: 'second' });
  channel.readyState = 'closed';
  await tasks();
  assert.deepEqual(told, ['opened', 'first', 'second', 'the channel is closed'], 'what came meanwhile, in order');
}
{
  const { peer, channel } = offered();
  peer.self = 0;
  await tasks();
  channel.onopen();
  assert.deepEqual(told, [], 'C++ has let go of the connection');
}
{
  const { channel } = offered();
  await tasks();
  assert.equal(flnetChannel.grace(channel), 0, 'the peer has opened it, so it listens');
  const ours = { flnetOpened: performance.now() };
  const left = flnetChannel.grace(ours);
  assert.ok(left > 0 && left <= 500, `a channel of ours just after it opened: ${left}`);
  assert.equal(flnetChannel.grace({ flnetOpened: performance.now() - 600 }), 0);
  assert.equal(flnetChannel.grace({ ...ours, flnetHeard: true }), 0);
}
process.exit(0);
