// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong as WASM in a browser's pages, with native nodes and with each other.
// node run_ping_pong_tests.mjs FOLDER-OF-PROGRAMS FOLDER-OF-THE-MODULE BROWSER
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { withBrowser } from './browsers.mjs';
import { Program, skip } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [bin, module, browserName] = process.argv.slice(2);
if (!existsSync(join(module, 'ping_pong.wasm'))) skip('ping_pong.wasm is missing: build the preset wasm with its examples');
const patience_ms = 40000;

// Pages behind others draw nothing, so they are asked by the clock.
/** Completes when the page shows this node in this state, with a round trip where it is linked. */
const shows = (page, name, state) => page.waitForFunction((wanted, expected) => {
  const row = [...document.querySelectorAll('#nodes > li')].find((each) => each.querySelector('bdi').textContent === wanted);
  if (row?.dataset.state !== expected) return false;
  return expected !== 'linked' || /\d\.\d/.test(row.querySelector('.value').innerText);
}, { timeout: patience_ms, polling: 200 }, name, state);

const status = (page, words) => page.waitForFunction(
  (wanted) => document.getElementById('status-text').textContent === wanted, { timeout: patience_ms, polling: 200 }, words);
const ownName = (page) => page.$eval('#own-name', (element) => element.textContent);

let step = '';
const begin = (name) => { step = name; };
const done = () => console.log(`ok      ${step}`);

async function play(browser, address) {
  const programs = [];
  const said = [];
  const start = (name, ...args) => {
    programs.unshift(new Program(join(bin, name), args));
    return programs[0];
  };
  const open = async (version) => {
    const page = await browser.newPage();
    page.on('console', (line) => said.push(line.text()));
    page.on('pageerror', ({ message }) => said.push(message));
    await page.goto(`${address}/?version=${version}&signal=${encodeURIComponent(url)}`);
    return page;
  };
  const server = start('flsignal', '-v', '--listen', '127.0.0.1:0');
  const port = await server.line(/listening on \S*:(\d+)/i);
  const url = `ws://127.0.0.1:${port}`;
  try {
    begin('pages of both versions play with native nodes of both versions');
    const handler = start('ping-pong', '--signal', url, '--handler', '--name', 'Native handler');
    const loop = start('ping-pong', '--signal', url, '--loop', '--name', 'Native loop');
    const first = await open('handler');
    const second = await open('loop');
    for (const page of [first, second]) {
      await status(page, 'Connected');
      await shows(page, 'Native handler', 'linked');
      await shows(page, 'Native loop', 'linked');
    }
    for (const native of [handler, loop]) {
      for (const page of [first, second])
        await native.line(new RegExp(`(round trip to ${await ownName(page)}: \\d+\\.\\d ms)`));
    }
    done();

    begin('two pages play with each other');
    await shows(first, await ownName(second), 'linked');
    await shows(second, await ownName(first), 'linked');
    done();

    begin('a page tells when a node leaves');
    const left = await ownName(second);
    await loop.stop();
    await shows(first, 'Native loop', 'gone');
    await second.close();
    await shows(first, left, 'gone');
    done();

    begin('a page plays on without the signalling server, and finds it again');
    await server.stop();
    await status(first, 'Signalling server lost');
    await shows(first, 'Native handler', 'linked');
    start('flsignal', '-v', '--listen', `127.0.0.1:${port}`);
    await status(first, 'Connected');
    done();

    begin('a page says that there is no signalling server');
    const lonely = await browser.newPage();
    await lonely.goto(`${address}/?signal=ws://127.0.0.1:1`);
    await status(lonely, 'Not connected');
    done();
    return true;
  } catch (error) {
    console.log(`FAILED  ${step}: ${error.message}`);
    for (const { name, output } of programs) console.log(`--- ${name} said:\n${output}`);
    console.log(`--- pages said:\n${said.join('\n')}`);
    for (const page of await browser.pages())
      console.log(`--- a page shows:\n${await page.evaluate('document.body.innerText').catch(() => '')}`);
    return false;
  } finally {
    for (const program of programs) await program.stop();
  }
}

const pages = await serve([join(here, '../../examples/ping-pong/wasm/page'), module], 0);
const good = await withBrowser(browserName, {}, (browser) => play(browser, `http://127.0.0.1:${pages.address().port}`));
pages.close();
process.exit(good ? 0 : 1);
