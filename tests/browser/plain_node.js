// SPDX-License-Identifier: MIT OR Apache-2.0
// A plain node of FLNet in JavaScript, out of RTCPeerConnection, WebSocket and WebCrypto; shares no code with flnet.
import { dialects, hex, unhex } from './dialects.js';

/** The promise's value, or an error that says what was waited for. */
export function within(milliseconds, what, promise) {
  let timer;
  const alarm = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, alarm]).finally(() => clearTimeout(timer));
}

/** An Ed25519 key pair whose id `fits`; the id is the public key in hex. */
export async function generateKeys(crypto, fits = () => true) {
  for (;;) {
    const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    if (fits(hex(publicKey))) return { privateKey: pair.privateKey, publicKey, id: hex(publicKey) };
  }
}

/**
 * One connection to a peer, in one direction: `out` when we are id_init, `in` when the peer is. Which of the
 * two offers is a matter of its own: Init asks the other side to.
 */
class Session {
  constructor(node, peer, direction) {
    this.node = node;
    this.peer = peer;
    this.direction = direction;
    this.early = [];
    this.described = false;
    this.connection = new node.world.RTCPeerConnection();
    this.connection.onicecandidate = ({ candidate }) => {
      // The last event has no candidate; FLNet's browsers send it as an empty string.
      this.say({ IceCandidate: candidate ? candidate.candidate : '' });
    };
    this.connection.ondatachannel = ({ channel }) => this.adopt(channel);
  }

  say(message) {
    const ids = this.direction === 'out' ? [this.node.id, this.peer] : [this.peer, this.node.id];
    this.node.say({ PeerSetup: { id_init: ids[0], id_follow: ids[1], message } });
  }

  adopt(channel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => this.node.opened(this);
    channel.onmessage = ({ data }) => this.node.received(this, data);
    channel.onclose = () => this.node.closed(this);
    if (channel.readyState === 'open') this.node.opened(this);
  }

  async offer() {
    this.offered = true;
    this.adopt(this.connection.createDataChannel('data-channel'));
    await this.connection.setLocalDescription(await this.connection.createOffer());
    this.say({ Offer: this.node.dialect.describe(this.connection.localDescription.sdp) });
  }

  async answer(sdp) {
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    await this.takeEarly();
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    this.say({ Answer: this.node.dialect.describe(this.connection.localDescription.sdp, sdp) });
  }

  async accept(sdp) {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    await this.takeEarly();
  }

  async candidate(line) {
    if (line === '') return;
    if (!this.described) this.early.push(line);
    else await this.connection.addIceCandidate({ candidate: line, sdpMid: '0', sdpMLineIndex: 0 });
  }

  async takeEarly() {
    this.described = true;
    for (const line of this.early.splice(0)) await this.candidate(line);
  }

  close() {
    if (this.channel) this.channel.onclose = null;
    this.connection.onicecandidate = null;
    this.connection.close();
  }
}

/**
 * `world` holds RTCPeerConnection, WebSocket and crypto: the browser's, or what npm packages give Node. `dialect` is how it
 * speaks: '0.7', '0.10', or 'flnet'.
 */
export class PlainNode {
  constructor(world, keys, dialect) {
    this.world = world;
    this.dialect = dialects[dialect]();
    this.keys = keys;
    this.id = keys.id;
    this.sessions = new Map();
    this.waiting = [];
    this.listed = [];
    this.errors = [];
    this.heard = [];  // the words of PeerSetup that came, for tests: who offered?
    this.inbox = [];  // { from, data } that nobody has taken
    this.work = Promise.resolve();
  }

  /** Completes when the server lists us. */
  async start(url) {
    this.socket = new this.world.WebSocket(url);
    this.socket.onmessage = ({ data }) => {
      // One word after the other, as they came, although signing and WebRTC take their time.
      this.work = this.work.then(() => this.handle(JSON.parse(data))).catch((error) => this.errors.push(String(error)));
    };
    this.socket.onclose = () => this.errors.push('the signalling socket closed');
    await this.lists(this.id);
  }

  say(word) {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify(word));
  }

  async handle(word) {
    if (word.Challenge) await this.announce(word.Challenge);
    else if (word.ListIDsReply) this.listed = word.ListIDsReply.map((entry) => this.dialect.idOf(entry));
    else if (word.PeerSetup) await this.setUp(word.PeerSetup);
    else if (word.SystemConfig) this.configured = true;
    this.look();
  }

  async announce([version, challenge]) {
    if (version !== 3) throw new Error(`signalling version ${version}`);
    const signature = await this.world.crypto.subtle.sign({ name: 'Ed25519' }, this.keys.privateKey, unhex(challenge));
    const node_info = this.dialect.nodeInfo(this.keys.publicKey);
    this.say({ Announce: { version, challenge, node_info, signature: this.dialect.signature(new Uint8Array(signature)) } });
    this.say('ListIDsRequest');
  }

  async setUp({ id_init, id_follow, message }) {
    const direction = id_init === this.id ? 'out' : 'in';
    const peer = direction === 'out' ? id_follow : id_init;
    const [kind, value] = typeof message === 'string' ? [message, ''] : Object.entries(message)[0];
    this.heard.push(kind);
    if (kind === 'Init') await this.replace(peer, direction).offer();
    else if (kind === 'Offer') await this.replace(peer, direction, 'keep early candidates').answer(value);
    else if (kind === 'Answer') await this.session(peer, direction).accept(value);
    else if (kind === 'IceCandidate') await this.session(peer, direction).candidate(value);
    else throw new Error(`PeerSetup with ${kind}`);
  }

  session(peer, direction) {
    const key = `${direction} ${peer}`;
    if (!this.sessions.has(key)) this.sessions.set(key, new Session(this, peer, direction));
    return this.sessions.get(key);
  }

  /** A new Offer, or Init, resets its direction; candidates that came just before it belong to it. */
  replace(peer, direction, keepEarly) {
    const key = `${direction} ${peer}`;
    const old = this.sessions.get(key);
    const early = old && keepEarly && !old.described && !old.offered ? old.early : [];
    old?.close();
    const session = new Session(this, peer, direction);
    session.early = early;
    this.sessions.set(key, session);
    return session;
  }

  /** Sets up a session by an Offer of ours. */
  async offer(peer) {
    await this.replace(peer, 'out').offer();
  }

  /** Sets up a session that the peer offers. */
  init(peer) {
    this.replace(peer, 'out').say('Init');
  }

  open(peer) {
    for (const direction of ['out', 'in']) {
      const session = this.sessions.get(`${direction} ${peer}`);
      if (session?.channel?.readyState === 'open') return session;
    }
    return undefined;
  }

  /** Text goes out as a string, binary as a Uint8Array. */
  send(peer, data) {
    const session = this.open(peer);
    if (!session) throw new Error('no open channel');
    for (const piece of this.dialect.write(data)) session.channel.send(piece);
  }

  /** Completes when a channel to the peer is open. */
  opens(peer) {
    return this.until(() => this.open(peer));
  }

  /** Completes when the server lists that node; asks it every now and then. */
  async lists(id) {
    const asking = setInterval(() => this.say('ListIDsRequest'), 300);
    await this.until(() => this.listed.includes(id));
    clearInterval(asking);
  }

  until(condition) {
    if (condition()) return Promise.resolve();
    return new Promise((done) => this.waiting.push({ condition, done }));
  }

  look() {
    this.waiting = this.waiting.filter(({ condition, done }) => {
      if (!condition()) return true;
      done();
      return false;
    });
  }

  opened() { this.look(); }
  closed() { this.look(); }
  received(session, data) {
    try {
      const message = this.dialect.read(data);
      if (message !== undefined) this.inbox.push({ from: session.peer, data: message });
    } catch (error) {
      this.errors.push(String(error));
    }
    this.look();
  }

  /** Takes the next `count` messages of the peer. */
  async take(peer, count) {
    const ofPeer = () => this.inbox.filter(({ from }) => from === peer);
    await this.until(() => ofPeer().length >= count);
    const taken = ofPeer().slice(0, count);
    this.inbox = this.inbox.filter((message) => !taken.includes(message));
    return taken.map(({ data }) => data);
  }

  close() {
    this.socket.onclose = null;
    for (const session of this.sessions.values()) session.close();
    this.socket.close();
  }
}
