// SPDX-License-Identifier: MIT OR Apache-2.0
// Chromium and Firefox with fresh profiles, driven by one API; suites that need one which is missing are skipped.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip } from './native.js';

const programs = {
  chromium: { label: 'Chromium', paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] },
  firefox: { label: 'Firefox', paths: ['/usr/bin/firefox-esr', '/usr/bin/firefox'] },
};
export const browserNames = Object.keys(programs);
export const labelOf = (name) => programs[name].label;
export const isInstalled = (name) => Boolean(programOf(name));

const programOf = (name) => programs[name].paths.find(existsSync);

/** What keeps the timers of pages that nobody sees as fast as the others'. The driver's own default. */
const unthrottledFlags = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding'];

/** A page finds peers on this machine by its own addresses, and says them unless they are to be `hidden` by mDNS names. */
function chromiumOptions({ hidden, throttled, hosts }) {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--allow-loopback-in-peer-connection'];
  if (!hidden) flags.push('--disable-features=WebRtcHideLocalIpsWithMdns');
  if (hosts.length) flags.push(`--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`);
  return { args: flags, ignoreDefaultArgs: throttled ? unthrottledFlags : [] };
}

function firefoxOptions({ hidden, throttled, hosts, preciseClock }) {
  return {
    browser: 'firefox',
    extraPrefsFirefox: {
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': hidden,
      'network.dns.localDomains': hosts.join(','),
      'dom.min_background_timeout_value': throttled ? 1000 : 4,
      'dom.timeout.enable_budget_timer_throttling': throttled,
      'widget.windows.window_occlusion_tracking.enabled': throttled,
      'network.trr.mode': 5,
      'privacy.reduceTimerPrecision': !preciseClock,
      'extensions.getAddons.cache.enabled': false,
    },
  };
}

/** Ends the suite as skipped where one of these browsers, or what drives them, is missing. */
export async function needBrowsers(names) {
  for (const name of names) if (!programOf(name)) skip(`there is no ${programs[name].label}: run scripts/setup test`);
  const puppeteer = await import('puppeteer-core').catch(() => undefined);
  if (!puppeteer) skip('npm package puppeteer-core is missing: run scripts/setup test');
  return puppeteer.default;
}

/**
 * A running browser: `{ name, label, browser, close }`. `hidden`: addresses are hidden behind mDNS names; `throttled`: pages
 * that nobody sees get their timers as late as users have it; `hosts`: names that are this machine; `preciseClock`: Firefox tells
 * isolated pages the time as exactly as Chromium does.
 */
export async function openBrowser(name, { hidden = false, throttled = false, hosts = [], preciseClock = false } = {}) {
  const puppeteer = await needBrowsers([name]);
  const profile = mkdtempSync(join(tmpdir(), `flnet-${name}-`));
  const options = (name === 'firefox' ? firefoxOptions : chromiumOptions)({ hidden, throttled, hosts, preciseClock });
  const browser = await puppeteer.launch({ executablePath: programOf(name), headless: true, userDataDir: profile, ...options });
  return {
    name,
    label: programs[name].label,
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Runs `use(browser, label)`; the browser and its profile are gone afterwards. */
export async function withBrowser(name, settings, use) {
  const opened = await openBrowser(name, settings);
  try {
    return await use(opened.browser, opened.label);
  } finally {
    await opened.close();
  }
}
