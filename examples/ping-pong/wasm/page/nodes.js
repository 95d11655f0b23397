// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeList: the other nodes in words and numbers, one entry each that stays in place while it changes.

const historyLength = 30;
const stateWords = { linking: 'Linking', linked: 'Linked', silent: 'No answer', gone: 'Gone' };

const element = (name, className, text = '') => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

/** "12 s", "3 min", "2 h". */
function spanOf(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** What the state means to whoever looks at it. */
function explanationOf({ state, linked_s, trouble }) {
  switch (state) {
    case 'linked': return linked_s === null ? '' : `for ${spanOf(linked_s)}`;
    case 'linking': return trouble ? `the last attempt failed: ${trouble}` : 'setting up a direct connection';
    case 'silent': return 'the link is open, but its pings are not answered';
    default: return trouble ? `it has left: ${trouble}` : 'it has left';
  }
}

class Entry {
  constructor() {
    this.history = [];
    this.row = element('li', '');
    const who = element('div', 'who');
    const name = element('p', 'name');
    this.name = document.createElement('bdi');
    this.id = element('span', 'mono');
    name.append(this.name, this.id);
    const state = element('p', 'state-words');
    this.state = document.createElement('b');
    this.explanation = document.createElement('span');
    state.append(this.state, ' ', this.explanation);
    this.counts = element('p', 'counts');
    who.append(name, state, this.counts);
    this.row.append(element('span', 'sign'), who, this.#makeTrip());
  }

  show(peer) {
    this.row.dataset.state = peer.state;
    this.name.textContent = peer.name || 'Unnamed';
    this.id.textContent = peer.id.slice(0, 8);
    this.name.title = `${peer.name}\n${peer.id}`;
    this.state.textContent = stateWords[peer.state] ?? peer.state;
    this.explanation.textContent = explanationOf(peer);
    this.counts.textContent = `${peer.sent} sent, ${peer.received} back, ${peer.lost} lost`;
    this.time(peer.state === 'linked' ? peer.round_trip_ms : null);
  }

  time(ms) {
    this.value.textContent = ms === null ? '–' : ms.toFixed(1);
    this.unit.hidden = ms === null;
  }

  remember(ms) {
    this.history.push(ms);
    if (this.history.length > historyLength) this.history.shift();
    this.time(ms);
    const most = Math.max(...this.history, 0.1);
    const step = 70 / (historyLength - 1);
    const first = 71 - (this.history.length - 1) * step;
    this.line.setAttribute('points', this.history
      .map((each, i) => `${(first + i * step).toFixed(1)},${(18 - (each / most) * 16).toFixed(1)}`).join(' '));
  }

  #makeTrip() {
    const trip = element('div', 'trip');
    const value = element('p', 'value');
    this.value = element('span', '', '–');
    this.unit = element('small', '', ' ms');
    value.append(element('span', 'unseen', 'Round trip '), this.value, this.unit);
    const curve = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    curve.setAttribute('viewBox', '0 0 72 20');
    curve.setAttribute('aria-hidden', 'true');
    this.line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    curve.append(this.line);
    trip.append(value, curve);
    return trip;
  }
}

export class NodeList {
  constructor(list) {
    this.list = list;
    this.entries = new Map(); // id -> Entry
  }

  /** Entries keep their order: linked ones don't jump about while somebody reads. */
  show(peers) {
    const present = new Set(peers.map(({ id }) => id));
    for (const [id, entry] of this.entries) {
      if (present.has(id)) continue;
      entry.row.remove();
      this.entries.delete(id);
    }
    for (const peer of peers) {
      let entry = this.entries.get(peer.id);
      if (!entry) {
        entry = new Entry();
        this.entries.set(peer.id, entry);
        this.list.append(entry.row);
      }
      entry.show(peer);
    }
  }

  roundTrip(id, ms) {
    this.entries.get(id)?.remember(ms);
  }
}
