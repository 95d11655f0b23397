// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs WASM programs in pages of Chromium, each in a page of its own, as native.js runs native ones.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip } from '../browser/native.js';

const types = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };

/** Serves the page of `here` and the programs of `folder` on loopback. */
async function servePages(here, folder) {
  const server = createServer(async (request, response) => {
    const name = request.url.slice(1);
    const path = [join(here, name), join(folder, name)].find(existsSync);
    if (!/^[a-z_]+\.(html|mjs|wasm)$/.test(name) || !path) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[name.split('.')[1]] });
    response.end(await readFile(path));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

/** A program in a page, with the shape of native.js's Program. */
class PageProgram {
  constructor(page) {
    this.page = page;
    this.child = { exitCode: null };
    this.output = '';
    this.ended = this.watch();
  }

  async read() {
    const seen = await this.page.evaluate(() => ({ lines: window.lines, code: window.code }));
    this.output = seen.lines;
    if (seen.code !== undefined) this.child.exitCode = seen.code;
  }

  async watch() {
    while (this.child.exitCode === null && !this.page.isClosed()) {
      await this.read().catch(() => {});
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  async line(pattern) {
    for (let turn = 0; turn < 300 && this.child.exitCode === null; turn++) {
      const found = this.output.match(pattern);
      if (found) return found[1];
      await new Promise((later) => setTimeout(later, 50));
    }
    throw new Error(`the page did not print ${pattern}; it said:\n${this.output}`);
  }

  async stop() {
    if (!this.page.isClosed()) await this.page.close();
    await this.ended;
  }
}

/** Chromium, whose pages are a place to run programs in. */
export async function openBrowser(here, folder) {
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!chromium) skip('there is no Chromium: run scripts/setup test');
  const puppeteer = await import('puppeteer-core').catch(() => undefined);
  if (!puppeteer) skip('npm package puppeteer-core is missing: run scripts/setup test');
  const profile = mkdtempSync(join(tmpdir(), 'flnet-chromium-'));
  const pages = await servePages(here, folder);
  const browser = await puppeteer.launch({
    executablePath: chromium,
    headless: true,
    userDataDir: profile,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns', '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  });

  async function run(name, args) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${pages.address().port}/page.html`);
    await page.waitForFunction('window.begin !== undefined', { timeout: 10000 });
    await page.evaluate((program, words) => window.begin(program, words), name, args);
    return new PageProgram(page);
  }

  return {
    label: 'Chromium',
    run,
    async close() {
      await browser.close();
      pages.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
