// SPDX-License-Identifier: MIT OR Apache-2.0
// Native nodes, or WASM ones in Node, against plain nodes in pages.
// node run_browser_tests.mjs FOLDER-OF-PROGRAMS BROWSER [FOLDER-OF-MODULES]
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBrowser } from './browsers.mjs';
import { cases, runCases, skip } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
const [bin, name, modules] = process.argv.slice(2);
const inNode = [process.execPath, join(here, '../wasm/start.mjs'), join(modules ?? '', 'echo_node.mjs')];
const programs = { flsignal: join(bin, 'flsignal'), echo_node: modules ? inNode : join(bin, 'echo_node') };
for (const path of [programs.flsignal, [programs.echo_node].flat().at(-1)]) if (!existsSync(path)) skip(`${path} is missing`);

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

async function inBrowser(settings, chosen) {
  const pages = await servePages();
  try {
    return await withBrowser(name, settings, (browser, label) => runCases(
      programs, `${modules ? 'WASM in Node and ' : ''}${label}${settings.hidden ? '' : ' without mDNS'}`, chosen, async (options) => {
        const page = await browser.newPage();
        try {
          await page.goto(`http://127.0.0.1:${pages.address().port}/page.html`);
          await page.waitForFunction('window.exchange !== undefined', { timeout: 10000 });
          return await page.evaluate((asked) => window.exchange(asked), options);
        } finally {
          await page.close();
        }
      }));
  } finally {
    pages.close();
  }
}

// By default browsers hide their addresses behind mDNS names, which nobody resolves here: then the native node learns
// the page's address from its checks alone (RFC 8445 §7.3.1.3). Without that, it starts checks of its own too. Where
// there is nothing but loopback, Chromium can't announce such names and makes no candidates at all.
const online = Object.values(networkInterfaces()).flat().some(({ internal }) => !internal);
if (!online) console.log('note    no interface but loopback: only without mDNS');
// Node's WebRTC does not resolve them, and learns nothing from checks before the answer is there.
const mayHide = online && !modules;
const hidden = !mayHide || await inBrowser({ hidden: true }, cases);
const shown = await inBrowser({ hidden: false },
  mayHide ? cases.filter(({ order, dialect }) => order === 'larger' && dialect === '0.7') : cases);
process.exit(hidden && shown ? 0 : 1);
