// SPDX-License-Identifier: MIT OR Apache-2.0
// The same measurements as flnet_bench.cpp on libdatachannel, by npm's node-datachannel: two processes, one JSON line.
//   node peer_datachannel.mjs throughput BYTES SECONDS | latency ROUNDS | setup CONNECTIONS | idle CONNECTIONS SECONDS
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const library = createRequire(new URL('../tests/package.json', import.meta.url))('node-datachannel');
const openConnections = new Map();

/** Candidates and descriptions go through `tell`, to the other process. */
function connect(id, tell, opened) {
  const connection = new library.PeerConnection(String(id), { iceServers: [], bindAddress: '127.0.0.1' });
  connection.onLocalDescription((sdp, type) => tell({ id, sdp, type }));
  connection.onLocalCandidate((candidate, mid) => tell({ id, candidate, mid }));
  const entry = { connection, channel: undefined };
  const adopt = (channel) => {
    entry.channel = channel;
    let told = false;
    const once = () => {
      if (!told) opened(entry);
      told = true;
    };
    channel.onOpen(once);
    if (channel.isOpen()) once();
  };
  connection.onDataChannel(adopt);
  openConnections.set(id, entry);
  return { entry, adopt };
}

function hear(id, message, tell, opened) {
  if (!openConnections.has(id)) connect(id, tell, opened);
  const { connection } = openConnections.get(id);
  try {
    if (message.sdp) connection.setRemoteDescription(message.sdp, message.type);
    if (message.candidate) connection.addRemoteCandidate(message.candidate, message.mid);
  } catch (error) {
    console.error(`connection ${id}: ${error.message}`);  // now and then it refuses; setup counts what never opens
  }
}

function usage() {
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
  const { user, system } = process.cpuUsage();
  return { rss_kib: pages * 4, cpu_s: (user + system) / 1e6, at_s: performance.now() / 1000 };
}

// The answering process: counts what it gets, or sends it back.
function answer(mode) {
  let bytes = 0;
  let messages = 0;
  const tell = (message) => process.send(message);
  const opened = ({ channel }) => {
    channel.onMessage((data) => {
      bytes += data.length;
      messages += 1;
      if (mode === 'echo') channel.sendMessageBinary(data);
    });
  };
  process.on('message', (message) => {
    if (message.ask) tell({ report: { bytes, messages, ...usage() } });
    else if (message.quit) process.exit(0);
    else hear(message.id, message, tell, opened);
  });
}

// The offering process.
class Offerer {
  constructor(mode) {
    this.child = fork(fileURLToPath(import.meta.url), ['answer', mode]);
    this.tell = (message) => this.child.send(message);
    this.child.on('message', (message) => {
      if (message.report) this.reported(message.report);
      else hear(message.id, message, this.tell, () => {});
    });
  }

  open(id) {
    return new Promise((done) => {
      const { entry, adopt } = connect(id, this.tell, done);
      adopt(entry.connection.createDataChannel('data'));
    });
  }

  report() {
    return new Promise((done) => {
      this.reported = done;
      this.tell({ ask: true });
    });
  }

  end(result) {
    process.stdout.write(`${JSON.stringify(result)}\n`, () => {
      this.tell({ quit: true });
      this.child.on('exit', () => process.exit(0));
    });
  }
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const quantile = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

async function throughput(size, seconds) {
  const offerer = new Offerer('count');
  const { channel } = await offerer.open(1);
  const message = Buffer.alloc(size, 7);
  const high = Math.max(1024 * 1024, 4 * size);
  channel.setBufferedAmountLowThreshold(high / 4);
  let going = true;
  const fill = () => {
    while (going && channel.bufferedAmount() < high) channel.sendMessageBinary(message);
  };
  channel.onBufferedAmountLow(fill);
  fill();
  await pause(0.5);
  const before = { ...await offerer.report(), own: usage() };
  await pause(seconds);
  const after = { ...await offerer.report(), own: usage() };
  going = false;
  const time = after.at_s - before.at_s;
  const bytes = after.bytes - before.bytes;
  const cpu = after.cpu_s - before.cpu_s + after.own.cpu_s - before.own.cpu_s;
  offerer.end({
    messages_per_s: (after.messages - before.messages) / time,
    megabytes_per_s: bytes / time / 1e6,
    cpu_s_per_gb: cpu / (bytes / 1e9),
  });
}

async function roundTrip({ channel }, message) {
  await new Promise((done) => {
    channel.onMessage(done);
    channel.sendMessageBinary(message);
  });
}

async function latency(rounds) {
  const offerer = new Offerer('echo');
  const entry = await offerer.open(1);
  const message = Buffer.alloc(64, 7);
  for (let round = 0; round < 200; round++) await roundTrip(entry, message);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await roundTrip(entry, message);
    times.push((performance.now() - started) * 1000);
  }
  offerer.end({ p50_us: quantile(times, 0.5), p99_us: quantile(times, 0.99) });
}

/** From nothing to the first message that has come back, one connection after the other. */
async function setup(count) {
  const offerer = new Offerer('echo');
  const times = [];
  let failed = 0;
  for (let id = 0; id <= count; id++) {
    const started = performance.now();
    const meeting = offerer.open(id).then((entry) => roundTrip(entry, Buffer.alloc(64))).then(() => true);
    if (!await Promise.race([meeting, pause(5)])) failed += 1;
    else if (id > 0) times.push(performance.now() - started);  // the first one loads code
  }
  offerer.end({ p50_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99), max_ms: quantile(times, 1), failed });
}

async function idle(count, seconds) {
  const offerer = new Offerer('count');
  await offerer.open(0);
  const bare = { ...await offerer.report(), own: usage() };
  for (let id = 1; id <= count; id += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, at) => Promise.race([offerer.open(id + at), pause(5)])));
  }
  await pause(2);
  const before = { ...await offerer.report(), own: usage() };
  await pause(seconds);
  const after = { ...await offerer.report(), own: usage() };
  const memory = before.rss_kib - bare.rss_kib + before.own.rss_kib - bare.own.rss_kib;
  const cpu = after.cpu_s - before.cpu_s + after.own.cpu_s - before.own.cpu_s;
  offerer.end({
    kib_per_connection: memory / (2 * count),
    cpu_percent_per_1000: (100 * cpu) / (2 * (after.at_s - before.at_s)) / (count / 1000),
  });
}

const [command, first, second] = process.argv.slice(2);
const numbers = [Number(first), Number(second)];
if (command === 'answer') answer(first);
else if (command === 'throughput') await throughput(...numbers);
else if (command === 'latency') await latency(...numbers);
else if (command === 'setup') await setup(...numbers);
else if (command === 'idle') await idle(...numbers);
else throw new Error(`unknown measurement ${command}`);
