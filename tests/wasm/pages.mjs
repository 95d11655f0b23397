// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs WASM programs in a browser's pages, each in a page of its own, as native.js runs native ones.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { openBrowser } from '../browser/browsers.mjs';

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

/** A browser, whose pages are a place to run programs in; `hosts` are names of this machine besides 127.0.0.1. */
export async function openPages(name, here, folder, hosts = []) {
  const { browser, label, close } = await openBrowser(name, { hosts });
  const pages = await servePages(here, folder);

  /** `spoil` is a function that takes something away from the page before the program starts. */
  async function run(program, args, { host = '127.0.0.1', spoil } = {}) {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${pages.address().port}/page.html`);
    await page.waitForFunction('window.begin !== undefined', { timeout: 10000 });
    if (spoil) await page.evaluate(spoil);
    await page.evaluate((named, words) => window.begin(named, words), program, args);
    return new PageProgram(page);
  }

  return {
    label,
    restarts: true,
    run,
    async close() {
      await close();
      pages.close();
    },
  };
}
