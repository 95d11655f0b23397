// SPDX-License-Identifier: MIT OR Apache-2.0
// The page: starts the WASM module and shows what it tells. See ../view.hpp for the events.
import { Graph } from './graph.js';
import { NodeList } from './nodes.js';

const $ = (id) => document.getElementById(id);
const maxLogLines = 300;

const query = new URLSearchParams(location.search);
const options = {
  signal: query.get('signal') || `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.hostname || 'localhost'}:8765`,
  version: query.get('version') === 'loop' ? 'loop' : 'handler',
};

const graph = new Graph($('graph'));
const nodes = new NodeList($('nodes'));
let own = { id: '', name: '' };
let peers = [];
let state = 'connecting';

/** One line at the top; older ones go out at the bottom. */
function log(text, level = 'info') {
  const line = document.createElement('li');
  line.className = level;
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString([], { hour12: false });
  const words = document.createElement('span');
  words.textContent = text;
  line.append(time, words);
  $('log').prepend(line);
  while ($('log').childElementCount > maxLogLines) $('log').lastChild.remove();
}

/** For those who hear the page. */
const announce = (text) => { $('news').textContent = text; };

/** Others' words as a page may have them: without what turns or controls the text around it, and not too long. */
const harmless = (text, most) => {
  const characters = [...text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most).join('')}…`;
};
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const nameOf = (id) => peers.find((peer) => peer.id === id)?.name || id.slice(0, 8);

const statusWords = {
  connecting: 'Connecting',
  connected: 'Connected',
  signalling_lost: 'Signalling server lost',
  failed: 'Not connected',
};

function showStatus({ state: next, detail = '', advice = `Is the signalling server at ${options.signal} running?` }) {
  if (next !== state) log(detail ? `${statusWords[next]}: ${detail}` : statusWords[next], next === 'connected' ? 'info' : 'warn');
  state = next;
  $('status').dataset.state = next;
  if ($('status-text').textContent !== statusWords[next]) $('status-text').textContent = statusWords[next];
  showBanner(detail, advice);
  showEmpty();
}

function showBanner(detail, advice) {
  const banners = {
    signalling_lost: ['The signalling server does not answer',
      'Open links go on without it. New nodes can’t be found until it is back; this page keeps trying.'],
    failed: ['This node could not join', `${sentence(detail || 'the reason is not known')}. ${advice}`],
  };
  const shown = banners[state];
  $('banner').hidden = !shown;
  $('retry').hidden = state !== 'failed';
  if (shown) [$('banner-title').textContent, $('banner-text').textContent] = shown;
}

function showEmpty() {
  $('empty').hidden = peers.length > 0;
  const alone = state === 'connected';
  $('empty-title').textContent = alone ? 'Nobody else is here yet' : state === 'connecting' ? 'Looking for other nodes' : 'No other nodes';
  $('empty-text').hidden = state !== 'connecting';
  $('how').hidden = !alone;
  $('command').textContent = `ping-pong --signal ${options.signal}`;
}

function showPeers({ nodes: next, beyond }) {
  const shown = next.map((peer) => ({ ...peer, name: harmless(peer.name, 60), trouble: harmless(peer.trouble, 140) }));
  tellChanges(shown);
  peers = shown;
  nodes.show(peers);
  graph.show(peers);
  showEmpty();
  const linked = peers.filter((peer) => peer.state === 'linked').length;
  document.body.classList.toggle('alone', peers.length === 0);
  $('summary').textContent = peers.length ? `${linked} of ${peers.length} linked` : '';
  $('beyond').hidden = beyond === 0;
  $('beyond').textContent = `and ${beyond} more, which are not pinged`;
  document.title = linked ? `(${linked}) ${own.name} · ping-pong` : `${own.name || 'flnet'} · ping-pong`;
}

/** The log and the announcement of who came, went or fell silent. */
function tellChanges(next) {
  const sentences = { linking: 'is there', linked: 'is linked', silent: 'does not answer', gone: 'has left' };
  const news = [];
  for (const peer of next) {
    const before = peers.find(({ id }) => id === peer.id);
    if (before?.state === peer.state && before.trouble === peer.trouble) continue;
    const why = peer.trouble && peer.state !== 'linked' ? ` (${peer.trouble})` : '';
    const what = before && peer.state === 'linking' ? 'has no link' : sentences[peer.state];
    const line = `${peer.name || peer.id.slice(0, 8)} ${what}${why}`;
    log(line, peer.state === 'silent' || peer.state === 'gone' || why ? 'warn' : 'info');
    news.push(line);
  }
  if (news.length) announce(news.length > 3 ? `${news.length} nodes have changed` : news.join('. '));
}

function showSelf({ id, name }) {
  own = { id, name: harmless(name, 60) };
  $('own-name').textContent = own.name;
  $('own-id').textContent = id;
  $('own-id').title = id;
  $('copy-id').disabled = false;
  log(`This node is ${own.name}, ${id.slice(0, 16)}`);
}

function showRoundTrip({ id, ms }) {
  nodes.roundTrip(id, ms);
  graph.roundTrip(id, ms);
  if ($('each-message').checked) log(`${nameOf(id)} answered after ${ms.toFixed(1)} ms`);
}

function showMessage({ id, direction, word }) {
  graph.fly(id, direction, word);
  if ($('each-message').checked) log(direction === 'out' ? `${word} to ${nameOf(id)}` : `${word} from ${nameOf(id)}`);
}

const shows = {
  self: showSelf,
  status: showStatus,
  nodes: showPeers,
  round_trip: showRoundTrip,
  message: showMessage,
  log: ({ text, level }) => log(text, level),
};

/** What the module calls; an event of a kind that this page doesn't know is passed over. */
const on = (event) => shows[event.type]?.(event);

$('signal').value = options.signal;
document.querySelector(`input[name="version"][value="${options.version}"]`).checked = true;
$('retry').addEventListener('click', () => location.reload());
$('copy-id').addEventListener('click', async () => {
  const copied = await navigator.clipboard?.writeText(own.id).then(() => true, () => false);
  $('copy-id').textContent = copied ? 'Copied' : 'Not allowed';
  announce(copied ? 'The id is copied' : 'The browser does not allow copying');
  setTimeout(() => { $('copy-id').textContent = 'Copy id'; }, 2000);
});

// Not with await: some versions of Emscripten's tools would break that line.
import(options.version === 'loop' ? './ping_pong_loop.mjs' : './ping_pong.mjs')
  .then(({ default: start }) => start({ on, arguments: ['--signal', options.signal] }))
  .catch((error) => on({
    type: 'status', state: 'failed', detail: `the program could not be started: ${error.message ?? error}`, advice: 'Has it been built?',
  }));
