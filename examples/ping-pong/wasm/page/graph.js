// SPDX-License-Identifier: MIT OR Apache-2.0
// Graph: this node in the middle, the others around it, their round trips on the edges, messages on their way.

const svg = (name, attributes = {}) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** The first letter or digit of a name, for its circle. */
export const initialOf = (name) => (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();

const shortened = (text, room) => {
  const characters = [...text];
  return characters.length <= room ? text : characters.slice(0, room - 1).join('') + '…';
};

/** A name in at most two lines of `room` characters. */
function linesOf(name, room) {
  if ([...name].length <= room) return [name];
  const words = name.split(/\s+/);
  if (words.length === 1) return [shortened(name, room)];
  return [shortened(words[0], room), shortened(words.slice(1).join(' '), room)];
}

// Above so many, names would lie on each other; times need more room than names, and a phone has less.
const roomForNames = 16;
const roomForTimes = (width) => (width < 420 ? 7 : 10);
const lineHeight = 15;
// A message takes so long on the picture, whatever it took in the world; more at once are not drawn.
const flight_ms = 650;
const maxFlights = 128;

export class Graph {
  constructor(element) {
    this.element = element;
    this.peers = [];
    this.parts = new Map(); // id -> { edge, node, time, x, y }
    this.edges = svg('g');
    this.flights = svg('g');
    this.nodes = svg('g');
    this.times = svg('g');
    element.append(this.edges, this.flights, this.times, this.nodes);
    this.own = this.#makeNode('self');
    this.own.initial.textContent = 'you';
    this.own.circle.setAttribute('r', 24);
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    new ResizeObserver(() => this.#place()).observe(element);
  }

  /** Peers as the module tells them: { id, name, state, round_trip_ms }. */
  show(peers) {
    this.peers = peers;
    const present = new Set(peers.map(({ id }) => id));
    for (const [id, part] of this.parts) {
      if (present.has(id)) continue;
      for (const element of [part.edge, part.node.group, part.time]) element.remove();
      this.parts.delete(id);
    }
    for (const { id } of peers) if (!this.parts.has(id)) this.parts.set(id, this.#makePart());
    this.#place();
  }

  /** The latest time of one peer, in between. */
  roundTrip(id, ms) {
    const peer = this.peers.find((each) => each.id === id);
    if (!peer) return;
    peer.round_trip_ms = ms;
    this.#drawTime(this.parts.get(id), peer, this.peers.length <= roomForTimes(this.element.clientWidth));
  }

  /** A message between this node and a peer sets out. */
  fly(id, direction, word) {
    const part = this.parts.get(id);
    if (!part || this.still.matches || document.hidden || this.flights.childElementCount >= maxFlights) return;
    const dot = svg('circle', { r: 4.5, class: `message ${word}` });
    this.flights.append(dot);
    const here = `translate(${this.centre.x}px, ${this.centre.y}px)`;
    const there = `translate(${part.x}px, ${part.y}px)`;
    const way = direction === 'out' ? [here, there] : [there, here];
    dot.animate({ transform: way, opacity: [0.2, 1, 1, 0.2] }, { duration: flight_ms, easing: 'ease-in-out' })
      .finished.finally(() => dot.remove());
  }

  #makeNode(kind) {
    const group = svg('g', { class: `node ${kind}` });
    const circle = svg('circle');
    const initial = svg('text', { class: 'initial', dy: '0.35em' });
    const label = svg('text', { class: 'label' });
    group.append(circle, initial, label);
    this.nodes.append(group);
    return { group, circle, initial, label };
  }

  #makePart() {
    const edge = svg('line', { class: 'edge' });
    const time = svg('text', { class: 'time', dy: '0.35em' });
    this.edges.append(edge);
    this.times.append(time);
    return { edge, time, node: this.#makeNode('linking'), x: 0, y: 0 };
  }

  #place() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const count = this.peers.length;
    // An even number starts beside the top, so that two or four don't stand on a line with ours.
    const turn = (place) => -Math.PI / 2 + (2 * Math.PI * (place + (count % 2 ? 0 : 0.5))) / count;
    const ways = this.peers.map((_, place) => ({ x: Math.cos(turn(place)), y: Math.sin(turn(place)) }));
    this.#fit(ways, width, height);
    this.own.group.setAttribute('transform', `translate(${this.centre.x} ${this.centre.y})`);
    this.peers.forEach((peer, place) => this.#placePeer(peer, ways[place], width));
    this.#describe();
  }

  /** The largest ellipse in which all have room, and its centre: three nodes need less below than above. */
  #fit(ways, width, height) {
    const named = ways.length <= roomForNames;
    const margin = named ? 20 + 2 * lineHeight : 14;
    const ys = ways.map(({ y }) => y);
    const [top, bottom] = [Math.min(0, ...ys), Math.max(0, ...ys)];
    const free = height - 2 * margin - 16;
    const y = Math.min(free / (bottom - top || 2), height * 0.6);
    const x = Math.min(width / 2 - (named ? Math.min(60, width / 7) : 20), y * 1.5, height * 0.75);
    this.reach = { x, y };
    this.centre = { x: width / 2, y: height / 2 - ((top + bottom) / 2) * y };
  }

  #placePeer(peer, way, width) {
    const count = this.peers.length;
    const part = this.parts.get(peer.id);
    part.x = this.centre.x + this.reach.x * way.x;
    part.y = this.centre.y + this.reach.y * way.y;
    part.node.group.setAttribute('class', `node ${peer.state}`);
    part.node.group.setAttribute('transform', `translate(${part.x} ${part.y})`);
    this.#drawPeer(part.node, peer.name || peer.id.slice(0, 8), way.y < -0.2, width);
    part.edge.setAttribute('class', `edge ${peer.state}`);
    const ends = { x1: this.centre.x, y1: this.centre.y, x2: part.x, y2: part.y };
    for (const [key, value] of Object.entries(ends)) part.edge.setAttribute(key, value);
    this.#drawTime(part, peer, count <= roomForTimes(width));
  }

  /** The name stands on the far side from the centre, where no edge is. */
  #drawPeer({ circle, initial, label }, name, above, width) {
    const count = this.peers.length;
    const radius = count > roomForNames ? 9 : count > 10 ? 13 : 18;
    circle.setAttribute('r', radius);
    initial.textContent = radius >= 13 ? initialOf(name) : '';
    const room = Math.max(7, Math.min(18, Math.floor(width / 30)));
    const lines = count <= roomForNames ? linesOf(name, room) : [];
    const first = above ? -radius - 8 - (lines.length - 1) * lineHeight : radius + 16;
    label.replaceChildren(...lines.map((line, i) => {
      const span = svg('tspan', { x: 0, y: first + i * lineHeight });
      span.textContent = line;
      return span;
    }));
  }

  #drawTime({ time, x, y }, peer, wanted) {
    const words = { linked: peer.round_trip_ms === null ? '' : `${peer.round_trip_ms.toFixed(1)} ms`, silent: 'no answer' };
    time.textContent = wanted ? words[peer.state] ?? '' : '';
    time.setAttribute('class', `time ${peer.state}`);
    // Beyond the middle: there the edges lie further apart.
    time.setAttribute('x', this.centre.x + (x - this.centre.x) * 0.57);
    time.setAttribute('y', this.centre.y + (y - this.centre.y) * 0.57);
  }

  #describe() {
    const linked = this.peers.filter(({ state }) => state === 'linked').length;
    this.element.setAttribute('aria-label', this.peers.length === 0
      ? 'No other node yet'
      : `Linked with ${linked} of ${this.peers.length} other nodes; the list below has the same in words`);
  }
}
