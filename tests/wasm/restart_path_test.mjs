// SPDX-License-Identifier: MIT OR Apache-2.0
// When a restart's new path is there, by statistics as browsers give them, and who may go on without one. node restart_path_test.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';

const library = {};
globalThis.addToLibrary = (part) => Object.assign(library, part);
for (const name of ['peer_connection', 'peer_stats', 'peer_restart']) {
  runInThisContext(readFileSync(new URL(`../../src/io/wasm/js/${name}.js`, import.meta.url), 'utf8'));
}
globalThis.flnetPeer = library.$flnetPeer;
globalThis.flnetStats = library.$flnetStats;
globalThis.flnetRestart = library.$flnetRestart;
const { isFirefox } = library.$flnetPeer;
const { hasNewPath, mayStay } = library.$flnetRestart;

const described = (ufrag, origin = '-') => ({ sdp: `v=0\r\no=${origin} 1 2 IN IP4 0.0.0.0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:x\r\n` });
const peer = { connection: { localDescription: described('ours2'), remoteDescription: described('theirs2') } };

/** Statistics in which `id` carries the data, between candidates of these ufrags. */
const report = (id, ours, theirs) => new Map([
  ['T', { type: 'transport', selectedCandidatePairId: id }],
  [id, { type: 'candidate-pair', id, localCandidateId: 'L', remoteCandidateId: 'R' }],
  ['L', { type: 'local-candidate', usernameFragment: ours }],
  ['R', { type: 'remote-candidate', usernameFragment: theirs }],
]);

assert.equal(hasNewPath(peer, 'old', report('new', 'ours2', 'theirs2')), true);
assert.equal(hasNewPath(peer, undefined, report('new', 'ours2', 'theirs2')), true, 'there was none before');
assert.equal(hasNewPath(peer, 'old', report('old', 'ours1', 'theirs1')), false, 'the old one');
assert.equal(hasNewPath(peer, 'old', report('mixed', 'ours2', 'theirs1')), false, "our new candidate with the peer's old one");
assert.equal(hasNewPath(peer, 'old', report('mixed', 'ours1', 'theirs2')), false, "the peer's new candidate with our old one");
assert.equal(hasNewPath(peer, 'old', report('new', undefined, undefined)), true, 'a platform that tells no ufrags');
assert.equal(hasNewPath(peer, 'old', new Map()), false, 'none is in use');

const firefox = described('x', 'mozilla...THIS_IS_SDPARTA-99.0');
assert.equal(isFirefox(described('x').sdp), false);
assert.equal(isFirefox(firefox.sdp), true);

/** Whether a peer of that state may go on without a new path. */
const stays = (connectionState, localDescription, meetsFirefox) => mayStay({ connection: { connectionState, localDescription }, meetsFirefox });
assert.equal(stays('connected', described('x'), false), true);
assert.equal(stays('disconnected', described('x'), false), false, 'nothing gets through');
assert.equal(stays('connected', firefox, false), false, 'Firefox, which lets go of what is old');
assert.equal(stays('connected', described('x'), true), false, 'its peer does that');
console.log('ok');
