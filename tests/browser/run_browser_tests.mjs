// SPDX-License-Identifier: MIT OR Apache-2.0
// Native nodes against plain nodes in Chromium. node run_browser_tests.mjs FOLDER-OF-PROGRAMS
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases, runCases, skip } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
const bin = process.argv[2];
const programs = { flsignal: join(bin, 'flsignal'), echo_node: join(bin, 'echo_node') };

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!chromium) skip('there is no Chromium: run scripts/setup test');
const puppeteer = await import('puppeteer-core').catch(() => undefined);
if (!puppeteer) skip('npm package puppeteer-core is missing: run scripts/setup test');

/** Serves this folder's page and modules on loopback. */
async function servePages() {
  const types = { html: 'text/html', js: 'text/javascript' };
  const server = createServer(async (request, response) => {
    const name = request.url.slice(1);
    if (!/^[a-z_]+\.(html|js)$/.test(name) || !existsSync(join(here, name))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[name.split('.')[1]] });
    response.end(await readFile(join(here, name)));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

async function inBrowser(label, extraFlags, chosen) {
  const profile = mkdtempSync(join(tmpdir(), 'flnet-chromium-'));
  const pages = await servePages();
  const browser = await puppeteer.launch({
    executablePath: chromium,
    headless: true,
    userDataDir: profile,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--allow-loopback-in-peer-connection',
      ...extraFlags],
  });
  try {
    return await runCases(programs, label, chosen, async (options) => {
      const page = await browser.newPage();
      try {
        await page.goto(`http://127.0.0.1:${pages.address().port}/page.html`);
        await page.waitForFunction('window.exchange !== undefined', { timeout: 10000 });
        return await page.evaluate((asked) => window.exchange(asked), options);
      } finally {
        await page.close();
      }
    });
  } finally {
    await browser.close();
    pages.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

// By default Chromium hides its addresses behind mDNS names, which nobody resolves here: then the native node learns
// the page's address from its checks alone (RFC 8445 §7.3.1.3). Without that, it starts checks of its own too. Where
// there is nothing but loopback, Chromium can't announce such names and makes no candidates at all.
const online = Object.values(networkInterfaces()).flat().some(({ internal }) => !internal);
if (!online) console.log('note    no interface but loopback: only without mDNS');
const hidden = !online || await inBrowser('Chromium', [], cases);
const shown = await inBrowser('Chromium without mDNS', ['--disable-features=WebRtcHideLocalIpsWithMdns'],
  online ? cases.filter(({ order, dialect }) => order === 'larger' && dialect === '0.7') : cases);
process.exit(hidden && shown ? 0 : 1);
