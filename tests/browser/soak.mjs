// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong for a long time: two pages of Chromium and a native node; what their memory does, a line a minute.
// node soak.mjs NATIVE-PROGRAMS MODULE-FOLDER [MINUTES]
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { withBrowser } from './browsers.mjs';
import { Program, skip } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [bin, module, minutes = '60'] = process.argv.slice(2);
if (!existsSync(join(module, 'ping_pong.wasm'))) skip('ping_pong.wasm is missing: build the preset wasm with its examples');
/** What memory may grow by from the second quarter to the last: what engines keep for themselves comes and goes. */
const allowed = { ratio: 1.1, mib: 4 };

const mib = (bytes) => bytes / 1024 / 1024;
/** Resident memory of a process. */
function resident(pid) {
  const kib = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)?.[1];
  return Number(kib ?? 0) / 1024;
}

/** Of a page: its heap after a collection, and how many messages it has had. */
async function measure({ page, session }) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  const played = await page.evaluate(() => [...document.querySelectorAll('#nodes > li')]
    .map((row) => Number(row.innerText.match(/(\d+) back/)?.[1] ?? 0)).reduce((sum, each) => sum + each, 0));
  return { memory: mib(usedSize + backingStorageSize), played };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Whether the last quarter's median is about the second one's. */
function flat(name, values) {
  const quarter = values.length >> 2;
  const before = median(values.slice(quarter, 2 * quarter));
  const after = median(values.slice(-quarter));
  const good = after <= before * allowed.ratio + allowed.mib;
  console.log(`${good ? 'flat  ' : 'GROWS '} ${name}: ${before.toFixed(1)} MiB, then ${after.toFixed(1)} MiB`);
  return good;
}

/** Resident memory of the processes that run the pages; the module's own is part of it. */
async function renderers(browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { id }) => sum + resident(id), 0);
}

async function play(browser, address, url, native) {
  const pages = [];
  for (const version of ['handler', 'loop']) {
    const page = await browser.newPage();
    await page.goto(`${address}/?version=${version}&signal=${encodeURIComponent(url)}`);
    pages.push({ page, session: await page.createCDPSession() });
  }
  const samples = { native: [], 'heap with a handler': [], 'heap with a loop': [], renderers: [] };
  const begun = performance.now();
  for (let minute = 1; minute <= Number(minutes); minute += 1) {
    await new Promise((later) => setTimeout(later, begun + minute * 60000 - performance.now()));
    const [first, second] = [await measure(pages[0]), await measure(pages[1])];
    samples.native.push(resident(native.child.pid));
    samples['heap with a handler'].push(first.memory);
    samples['heap with a loop'].push(second.memory);
    samples.renderers.push(await renderers(browser));
    console.log(`${minute} min: native ${samples.native.at(-1).toFixed(1)} MiB, renderers ${samples.renderers.at(-1).toFixed(1)} MiB, ` +
      `heaps ${first.memory.toFixed(2)} and ${second.memory.toFixed(2)} MiB, ${first.played} and ${second.played} messages received`);
    if (!first.played || !second.played) throw new Error('the pages play no more');
  }
  return Object.entries(samples).map(([name, values]) => flat(name, values)).every(Boolean);
}

const server = new Program(join(bin, 'flsignal'), ['-v', '--listen', '127.0.0.1:0']);
const url = `ws://127.0.0.1:${await server.line(/listening on \S*:(\d+)/i)}`;
const native = new Program(join(bin, 'ping-pong'), ['--signal', url, '--quiet', '--name', 'Native']);
const pages = await serve([join(here, '../../examples/ping-pong/wasm/page'), module], 0);
let good = false;
try {
  good = await withBrowser('chromium', {},
    (browser) => play(browser, `http://127.0.0.1:${pages.address().port}`, url, native));
} finally {
  await native.stop();
  await server.stop();
  pages.close();
}
process.exit(good ? 0 : 1);
