// SPDX-License-Identifier: MIT OR Apache-2.0
// In place of ping-pong's WASM module: plays a life that ?life= names, so that its page can be seen without a network.

const idOf = (number) => [...Array(32).keys()].map((i) => ((number * 97 + i * 31 + 7) % 256).toString(16).padStart(2, '0')).join('');

const peer = (number, name, rest = {}) => ({
  id: idOf(number), name, state: 'linked', round_trip_ms: 0.4 * number, sent: 40 + number, received: 40 + number, lost: 0,
  linked_s: 40 + 25 * number, trouble: '', ...rest,
});

const three = () => [peer(1, 'Amber Heron'), peer(2, 'Quiet Otter'), peer(9, 'Silver Birch', { round_trip_ms: 42.3 })];
const crowdNames = ['Amber Heron', 'Quiet Otter', 'Silver Birch', 'Brave Lynx', 'Calm Raven', 'Green Finch', 'Swift Hare', 'Old Pine'];

const lives = {
  connecting: { status: 'connecting', nodes: [] },
  empty: { status: 'connected', nodes: [] },
  connected: { status: 'connected', nodes: three() },
  lost: { status: 'signalling_lost', nodes: three() },
  failed: { status: 'failed', detail: 'nobody answers at ws://127.0.0.1:8765 (unreachable)', nodes: [] },
  gone: {
    status: 'connected',
    nodes: [
      ...three(),
      peer(4, 'Brave Lynx', { state: 'silent', lost: 6 }),
      peer(5, 'Calm Raven', { state: 'gone', trouble: 'the other node has closed the link', linked_s: null }),
      peer(6, 'Green Finch', { state: 'linking', round_trip_ms: null, sent: 1, received: 0, linked_s: null }),
      peer(7, 'Swift Hare', { state: 'linking', round_trip_ms: null, sent: 3, received: 0, lost: 2, linked_s: null, trouble: 'no path was found' }),
    ],
  },
  crowd: { status: 'connected', beyond: 136, nodes: [...Array(64).keys()].map((i) => peer(i, `${crowdNames[i % 8]} ${i}`)) },
  hostile: {
    status: 'connected',
    nodes: [
      peer(1, '<img src=x onerror="window.broken = true"><b>bold</b>'),
      peer(2, 'W'.repeat(256)),
      peer(3, '\u202Eright to left \u0007'),
      peer(4, ''),
      peer(5, '長い名前のノード🦊🦊🦊', { trouble: `<script>window.broken = true</script>${'x'.repeat(200)}`, state: 'linking' }),
    ],
  },
};

/** The same shape as the module's factory. */
export default async function start({ on, arguments: given }) {
  window.fake = { given, on };
  const life = lives[new URLSearchParams(location.search).get('life') ?? 'connected'];
  on({ type: 'self', id: idOf(0), name: 'Copper Wren' });
  on({ type: 'status', state: 'connecting', detail: given[1] });
  if (life.status === 'signalling_lost') on({ type: 'status', state: 'connected', detail: '' });
  on({ type: 'status', state: life.status, detail: life.detail ?? '' });
  on({ type: 'nodes', nodes: life.nodes, beyond: life.beyond ?? 0 });
  let second = 0;
  const play = () => {
    second += 1;
    for (const each of life.nodes) {
      if (each.state !== 'linked' && each.state !== 'silent') continue;
      each.sent += 1;
      on({ type: 'message', id: each.id, direction: 'out', word: 'Ping' });
      if (each.state === 'silent') continue;
      const ms = Math.max(0.1, each.round_trip_ms + Math.sin(second * 1.7 + each.sent) * 0.15 * each.round_trip_ms);
      setTimeout(() => {
        each.received += 1;
        on({ type: 'message', id: each.id, direction: 'in', word: 'Pong' });
        on({ type: 'round_trip', id: each.id, ms });
      }, 300);
    }
    on({ type: 'nodes', nodes: life.nodes, beyond: life.beyond ?? 0 });
  };
  for (let past = 0; past < 30; past += 1)
    for (const each of life.nodes)
      if (each.state === 'linked') on({ type: 'round_trip', id: each.id, ms: each.round_trip_ms * (1 + 0.3 * Math.sin(past * 1.3 + each.sent)) });
  play();
  setInterval(play, 1000);
  return {};
}
