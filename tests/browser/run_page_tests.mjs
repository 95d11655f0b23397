// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong's page, told a scripted life in place of the WASM module. node run_page_tests.mjs FOLDER BROWSER
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../examples/ping-pong/wasm/serve.mjs';
import { withBrowser } from './browsers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const pageFolder = join(here, '../../examples/ping-pong/wasm/page');

/** What a reader finds on the page. */
const seen = () => ({
  status: document.getElementById('status').innerText.trim(),
  banner: document.getElementById('banner').hidden ? '' : document.getElementById('banner').innerText,
  nodes: [...document.querySelectorAll('#nodes > li')].map((row) => ({ state: row.dataset.state, text: row.innerText })),
  graph: document.getElementById('graph').getAttribute('aria-label'),
  log: document.getElementById('log').innerText,
  empty: document.getElementById('empty').hidden ? '' : document.getElementById('empty').innerText,
  beyond: document.getElementById('beyond').hidden ? '' : document.getElementById('beyond').innerText,
  title: document.title,
  tooWide: document.documentElement.scrollWidth > innerWidth,
  cut: [...document.querySelectorAll('#graph .node')].filter((node) => {
    const { left, right, top, bottom } = node.querySelector('circle').getBoundingClientRect();
    const picture = document.getElementById('graph').getBoundingClientRect();
    return left < picture.left || right > picture.right || top < picture.top || bottom > picture.bottom;
  }).length,
});

const cases = {
  shows_linked_nodes_with_their_round_trips: ['connected', ({ status, nodes, banner, graph, title }) =>
    status === 'Connected' && banner === '' && nodes.length === 3 && nodes.every(({ state }) => state === 'linked') &&
    /Silver Birch[\s\S]*Linked[\s\S]*sent[\s\S]*\d\d\.\d ms/.test(nodes[2].text) && graph.startsWith('Linked with 3 of 3') &&
    title === '(3) Copper Wren · ping-pong'],
  says_that_the_signalling_server_is_lost_and_that_links_stay: ['lost', ({ status, banner, nodes }) =>
    status === 'Signalling server lost' && banner.includes('Open links go on') && nodes.length === 3],
  says_which_nodes_are_silent_gone_or_not_linked_yet: ['gone', ({ nodes, log }) =>
    nodes.map(({ state }) => state).join() === 'linked,linked,linked,silent,gone,linking,linking' &&
    nodes[3].text.includes('No answer') && nodes[4].text.includes('it has left') && nodes[6].text.includes('no path was found') &&
    log.includes('Brave Lynx does not answer') && log.includes('Calm Raven has left')],
  says_why_it_could_not_join_and_offers_to_try_again: ['failed', ({ status, banner }) =>
    status === 'Not connected' && banner.includes('Nobody answers at') && banner.includes('Try again')],
  tells_who_is_alone_how_to_get_company: ['empty', ({ empty }) => empty.includes('ping-pong --signal ws://127.0.0.1:8765')],
  shows_many_nodes_and_counts_the_others: ['crowd', ({ nodes, beyond, graph }) =>
    nodes.length === 64 && beyond.includes('136 more') && graph.startsWith('Linked with 64 of 64')],
  shows_hostile_names_as_text: ['hostile', ({ nodes, log }) =>
    nodes[0].text.includes('<img src=x') && !/[\u202e\u0007]/.test(nodes[2].text + log) && nodes[3].text.includes('Unnamed')],
};

let failures = 0;
function report(name, good, why = '') {
  console.log(`${good ? 'ok     ' : 'FAILED '} ${name}${good ? '' : `: ${why}`}`);
  if (!good) failures += 1;
}

async function open(browser, address, life, width) {
  const page = await browser.newPage();
  page.troubles = [];
  page.on('pageerror', ({ message }) => page.troubles.push(message));
  page.on('console', (line) => { if (line.type() === 'error') page.troubles.push(line.text()); });
  await page.setViewport({ width, height: 740, isMobile: width < 500 });
  await page.goto(`${address}/?life=${life}`);
  await page.waitForFunction('window.fake !== undefined && document.getElementById("own-id").textContent.length === 64',
    { timeout: 20000 });
  return page;
}

async function check(browser, address, name, width) {
  const [life, expected] = cases[name];
  const page = await open(browser, address, life, width);
  const view = await page.evaluate(seen);
  const broken = await page.evaluate('window.broken === true');
  report(`${name} (${width} px)`, expected(view) && !broken && !view.tooWide && view.cut === 0 && page.troubles.length === 0,
    JSON.stringify({ ...view, broken, troubles: page.troubles }));
  await page.close();
}

async function checkWithoutModule(browser) {
  const bare = await serve([pageFolder], 0);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${bare.address().port}/`);
  const told = await page.waitForFunction('/could not be started.*Has it been built/s.test(document.getElementById("banner").innerText)',
    { timeout: 10000 }).then(() => true, () => false);
  report('says_that_the_program_itself_is_missing', told, 'no banner');
  await page.close();
  bare.close();
}

/** Messages move, the log tells each on request, and everything can be reached by keyboard. */
async function checkUse(browser, address) {
  const page = await open(browser, address, 'connected', 1280);
  await page.waitForSelector('#graph circle.message.Ping', { timeout: 10000 });
  await page.waitForSelector('#graph circle.message.Pong', { timeout: 10000 });
  report('lets_messages_move_along_the_links', true);
  await page.focus('#each-message');
  await page.keyboard.press(' ');
  const told = await page.waitForFunction('/Ping to Amber Heron/.test(document.getElementById("log").innerText)', { timeout: 5000 })
    .then(() => true, () => false);
  report('logs_each_ping_on_request', told, 'no such line');
  const reached = new Set();
  await page.evaluate('document.activeElement.blur()');
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate('document.activeElement.id || document.activeElement.tagName'));
  }
  const wanted = ['copy-id', 'SUMMARY', 'nodes', 'each-message', 'log'];
  report('can_be_used_by_keyboard', wanted.every((each) => reached.has(each)), [...reached].join());
  const given = await page.evaluate('window.fake.given.join(" ")');
  report('gives_its_settings_to_the_module', given === '--signal ws://127.0.0.1:8765', given);
  await page.close();
}

const server = await serve([pageFolder, join(here, 'ping_pong')], 0, { 'ping_pong.mjs': 'fake.js' });
const address = `http://127.0.0.1:${server.address().port}`;
await withBrowser(process.argv[3], {}, async (browser) => {
  for (const name of Object.keys(cases)) for (const width of [1280, 360]) await check(browser, address, name, width);
  await checkWithoutModule(browser);
  await checkUse(browser, address);
});
server.close();
process.exit(failures === 0 ? 0 : 1);
