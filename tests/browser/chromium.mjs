// SPDX-License-Identifier: MIT OR Apache-2.0
// Chromium with a fresh profile, for suites that look at pages; they are skipped where it is missing.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip } from './native.js';

/** Runs `use(browser)`; the browser and its profile are gone afterwards. */
export async function withChromium(extraFlags, use) {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) skip('there is no Chromium: run scripts/setup test');
  const puppeteer = await import('puppeteer-core').catch(() => undefined);
  if (!puppeteer) skip('npm package puppeteer-core is missing: run scripts/setup test');
  const profile = mkdtempSync(join(tmpdir(), 'flnet-chromium-'));
  const browser = await puppeteer.launch({
    executablePath,
    headless: true,
    userDataDir: profile,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', ...extraFlags],
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
