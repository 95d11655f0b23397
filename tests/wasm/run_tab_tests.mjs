// SPDX-License-Identifier: MIT OR Apache-2.0
// A tab's life: reloaded, closed, two with one identity, offline, hidden. node run_tab_tests.mjs chromium|firefox NATIVE WASM
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { withBrowser } from '../browser/browsers.mjs';
import { Program, skip } from '../browser/native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [name, nativeFolder, wasmFolder] = process.argv.slice(2);
for (const program of ['flsignal', 'ping-pong']) {
  if (!existsSync(join(nativeFolder, program))) skip(`${nativeFolder} has no ${program}: build the preset release`);
}
const patience_ms = 60000;
const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Pages behind others draw nothing, so they are asked by the clock. */
const until = (page, test, ...args) => page.waitForFunction(test, { timeout: patience_ms, polling: 200 }, ...args);
const status = (page, words) =>
  until(page, (wanted) => document.getElementById('status-text').textContent === wanted, words);
const linked = (page, name) => until(page, (wanted) => [...document.querySelectorAll('#nodes > li')]
  .some((row) => row.querySelector('bdi').textContent === wanted && row.dataset.state === 'linked'), name);
const answers = (page) => page.evaluate(() => Number(
  document.querySelector('#nodes > li')?.innerText.match(/(\d+) back/)?.[1] ?? 0));
const ownName = (page) => page.$eval('#own-name', (element) => element.textContent);

/** Runs one_identity in a page; what it says. */
async function openNode(browser, address, url) {
  const page = await browser.newPage();
  await page.goto(`${address}/page.html`);
  await until(page, () => window.begin !== undefined);
  await page.evaluate((server) => { window.begin('one_identity', [server]); }, url);
  return page;
}
async function hear(page, pattern) {
  await until(page, (source) => new RegExp(source).test(window.lines), pattern.source);
  return (await page.evaluate(() => window.lines)).match(pattern)[1];
}

const cases = {
  async a_second_tab_says_that_the_identity_is_in_use_and_a_later_one_takes_it({ browser, nodes, url }) {
    const first = await openNode(browser, nodes, url);
    const id = await hear(first, /I am ([0-9a-f]{64})/);
    const second = await openNode(browser, nodes, url);
    await hear(second, /(no identity: in_use)/);
    await second.close();
    await first.close();
    const third = await openNode(browser, nodes, url);
    if (await hear(third, /I am ([0-9a-f]{64})/) !== id) throw new Error('a later tab is another node');
    await third.close();
  },

  async a_reloaded_tab_is_the_same_node({ browser, nodes, url }) {
    const page = await openNode(browser, nodes, url);
    const id = await hear(page, /I am ([0-9a-f]{64})/);
    await page.reload();
    await until(page, () => window.begin !== undefined);
    await page.evaluate((server) => { window.begin('one_identity', [server]); }, url);
    if (await hear(page, /I am ([0-9a-f]{64})/) !== id) throw new Error('it is another node');
    await page.close();
  },

  async a_page_links_again_when_it_is_reloaded_and_a_native_node_notices({ browser, game, url, native }) {
    const page = await browser.newPage();
    await page.goto(`${game}/?signal=${encodeURIComponent(url)}`);
    await linked(page, 'Native');
    await native.line(new RegExp(`(round trip to ${await ownName(page)}: )`));
    await page.reload();
    await linked(page, 'Native');
    await native.line(new RegExp(`(round trip to ${await ownName(page)}: )`));
    await page.close();
  },

  async links_go_on_offline_and_signalling_comes_back_online({ browser, game, url, native, restart }) {
    const page = await browser.newPage();
    await page.goto(`${game}/?signal=${encodeURIComponent(url)}`);
    await linked(page, 'Native');
    await page.setOfflineMode(true);
    await restart();
    await status(page, 'Signalling server lost');
    const before = await answers(page);
    await until(page, (count) => Number(
      document.querySelector('#nodes > li')?.innerText.match(/(\d+) back/)?.[1] ?? 0) > count + 3, before);
    await page.setOfflineMode(false);
    await status(page, 'Connected');
    await linked(page, 'Native');
    await page.close();
  },

  async a_hidden_tab_plays_on({ browser, game, url, native }) {
    const page = await browser.newPage();
    await page.goto(`${game}/?signal=${encodeURIComponent(url)}`);
    await linked(page, 'Native');
    const front = await browser.newPage();
    await front.bringToFront();
    await until(page, () => document.visibilityState === 'hidden');
    const before = await answers(page);
    await until(page, (count) => Number(
      document.querySelector('#nodes > li')?.innerText.match(/(\d+) back/)?.[1] ?? 0) > count + 10, before);
    if (await page.evaluate(() => document.visibilityState) !== 'hidden') throw new Error('it was seen meanwhile');
    await front.close();
    await page.close();
  },
};
/** What a browser's driver can't do. */
const without = { firefox: ['links_go_on_offline_and_signalling_comes_back_online', 'a_hidden_tab_plays_on'] };

async function play(browser) {
  let server = new Program(join(nativeFolder, 'flsignal'), ['-v', '--listen', '127.0.0.1:0']);
  const port = await server.line(/listening on \S*:(\d+)/i);
  const url = `ws://127.0.0.1:${port}`;
  const native = new Program(join(nativeFolder, 'ping-pong'), ['--signal', url, '--handler', '--name', 'Native']);
  const folders = [await serve([here, wasmFolder], 0), await serve([join(here, '../../examples/ping-pong/wasm/page'), wasmFolder], 0)];
  const [nodes, game] = folders.map((folder) => `http://127.0.0.1:${folder.address().port}`);
  const restart = async () => {
    await server.stop();
    await later(500);
    server = new Program(join(nativeFolder, 'flsignal'), ['-v', '--listen', `127.0.0.1:${port}`]);
    await server.line(/listening on \S*:(\d+)/i);
  };
  let good = true;
  for (const [title, run] of Object.entries(cases)) {
    if (without[name]?.includes(title)) {
      console.log(`left out ${title}: the driver can't do that with ${name}`);
      continue;
    }
    await run({ browser, nodes, game, url, native, restart }).then(
      () => console.log(`ok      ${title}`),
      (error) => {
        good = false;
        console.log(`FAILED  ${title}: ${error.message}`);
      });
  }
  await native.stop();
  await server.stop();
  for (const folder of folders) folder.close();
  return good;
}

const good = await withBrowser(name, { throttled: true }, play);
process.exit(good ? 0 : 1);
