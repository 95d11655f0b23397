// SPDX-License-Identifier: MIT OR Apache-2.0
// The browsers that are installed, and pages in them that are one side of a measurement each.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { Side } from './side.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

const kinds = [
  {
    label: 'Chromium',
    browser: 'chrome',
    paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns', '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  },
  {
    label: 'Firefox',
    browser: 'firefox',
    paths: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
    extraPrefsFirefox: {
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'privacy.reduceTimerPrecision': false,
    },
  },
];

/** puppeteer-core, which the browser tests have installed. */
async function loadPuppeteer() {
  const path = createRequire(new URL('../../tests/package.json', import.meta.url)).resolve('puppeteer-core');
  const module = await import(pathToFileURL(path));
  return module.default ?? module;
}

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
  constructor(label, browser, server, profile) {
    Object.assign(this, { label, browser, server, profile });
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
    await this.browser.close();
    this.server.close();
    rmSync(this.profile, { recursive: true, force: true });
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

/** Opens each browser that is there, one after the other, for `use`; says which ones are missing. */
export async function inEachBrowser(programs, labels, use) {
  const puppeteer = await loadPuppeteer();
  for (const { label, paths, ...options } of kinds) {
    if (labels.length && !labels.includes(label.toLowerCase())) continue;
    const executablePath = paths.find(existsSync);
    if (!executablePath) {
      console.log(`${label} is missing: no rows for it`);
      continue;
    }
    const profile = mkdtempSync(join(tmpdir(), 'flnet-bench-'));
    const browser = await puppeteer.launch({ executablePath, headless: true, userDataDir: profile, ...options });
    const opened = new Browser(label, browser, await serveIsolated(programs), profile);
    try {
      await use(opened);
    } finally {
      await opened.close();
    }
  }
}
