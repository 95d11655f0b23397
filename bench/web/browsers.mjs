// SPDX-License-Identifier: MIT OR Apache-2.0
// The browsers that are installed, and pages in them that are one side of a measurement each.
import { fileURLToPath } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { browserNames, isInstalled, labelOf, openBrowser } from '../../tests/browser/browsers.mjs';
import { Side } from './side.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

class PageSide extends Side {
  constructor(page) {
    super();
    this.page = page;
    page.on('pageerror', (error) => this.hear(`ended ${error.message}`));
  }

  tell(word) {
    this.page.evaluate((it) => window.hear(it), word).catch((error) => this.hear(`ended ${error.message}`));
  }

  async close() {
    await this.page.close();
  }
}

class Browser {
  constructor({ label, browser, close }, server) {
    Object.assign(this, { label, browser, server, closeBrowser: close });
    this.pid = browser.process().pid;
  }

  /** A page that is a side; `kind` is JavaScript or WASM. */
  async open(kind, role, number = 0) {
    const page = await this.browser.newPage();
    const side = new PageSide(page);
    await page.exposeFunction('tell', (word) => side.hear(word));
    await page.goto(`http://127.0.0.1:${this.server.address().port}/page.html`);
    await page.waitForFunction('window.begin !== undefined', { timeout: 10000 });
    await page.evaluate((...words) => window.begin(...words), kind, role, number);
    return side;
  }

  async version() {
    return (await this.browser.version()).replace(/^\D*/, '');
  }

  async close() {
    await this.closeBrowser();
    this.server.close();
  }
}

/** Files of this folder and of `programs`; with these headers browsers let pages read a clock of microseconds. */
async function serveIsolated(programs) {
  const server = await serve([here, programs], 0);
  server.prependListener('request', (_, response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
  });
  return server;
}

/** Opens each browser that is there, one after the other, for `use`; says which ones are missing. None named: all. */
export async function inEachBrowser(programs, named, use) {
  const unknown = named.find((name) => !browserNames.includes(name));
  if (unknown) throw new Error(`there is no browser "${unknown}": ${browserNames.join(' or ')}`);
  for (const name of named.length ? named : browserNames) {
    if (!isInstalled(name)) {
      console.log(`${labelOf(name)} is missing: no rows for it`);
      continue;
    }
    const opened = new Browser(await openBrowser(name, { preciseClock: true }), await serveIsolated(programs));
    try {
      await use(opened);
    } finally {
      await opened.close();
    }
  }
}
