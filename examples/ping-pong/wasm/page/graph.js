// SPDX-License-Identifier: MIT OR Apache-2.0
// Graph: this node in the middle, the others around it, their round trips on the edges, messages on their way.

const svg = (name, attributes = {}) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** The first letter or digit of a name, for its circle. */
export const initialOf = (name) => (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();

const shortened = (name, room) => {
  const characters = [...name];
  return characters.length <= room ? name : characters.slice(0, room - 1).join('') + '…';
};

// Above so many, names and times would lie on each other.
const roomForTimes = 10;
const roomForNames = 16;
// A message takes so long on the picture, whatever it took in the world; more at once are not drawn.
const flight_ms = 650;
const maxFlights = 48;

export class Graph {
  constructor(element) {
    this.element = element;
    this.peers = [];
    this.self = '…';
    this.parts = new Map(); // id -> { edge, node, label, ground, time, x, y }
    this.edges = svg('g');
    this.flights = svg('g');
    this.nodes = svg('g');
    this.times = svg('g');
    element.append(this.edges, this.times, this.flights, this.nodes);
    this.own = this.#makeNode('self');
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    new ResizeObserver(() => this.#place()).observe(element);
  }

  setSelf(name) {
    this.self = name;
    this.#place();
  }

  /** Peers as the module tells them: { id, name, state, round_trip_ms }. */
  show(peers) {
    this.peers = peers;
    const present = new Set(peers.map(({ id }) => id));
    for (const [id, part] of this.parts) {
      if (present.has(id)) continue;
      for (const element of [part.edge, part.node.group, part.ground, part.time]) element.remove();
      this.parts.delete(id);
    }
    for (const { id } of peers) if (!this.parts.has(id)) this.parts.set(id, this.#makePart());
    this.#place();
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
    const ground = svg('rect', { class: 'time-ground', rx: 8, height: 18 });
    const time = svg('text', { class: 'time', dy: '0.35em' });
    this.edges.append(edge);
    this.times.append(ground, time);
    return { edge, ground, time, node: this.#makeNode('linking'), x: 0, y: 0 };
  }

  #place() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.centre = { x: width / 2, y: height / 2 - 6 };
    this.#drawNode(this.own, { name: this.self, ...this.centre, radius: 23, named: true, room: 18 });
    const crowded = this.peers.length > roomForNames;
    const reach = { x: Math.min(width / 2 - (crowded ? 24 : 52), height * 0.62), y: height / 2 - 42 };
    this.peers.forEach((peer, place) => this.#placePeer(peer, place, reach, width));
    this.#describe();
  }

  #placePeer(peer, place, reach, width) {
    const count = this.peers.length;
    const part = this.parts.get(peer.id);
    // From the top right on, so that names of two or four don't stand on a line with ours.
    const angle = -Math.PI / 2 + (2 * Math.PI * (place + (count % 2 ? 0 : 0.5))) / count;
    part.x = this.centre.x + reach.x * Math.cos(angle);
    part.y = this.centre.y + reach.y * Math.sin(angle);
    const radius = count > roomForNames ? 9 : count > roomForTimes ? 13 : 18;
    const named = count <= roomForNames;
    const room = Math.max(6, Math.min(16, Math.floor(width / (count > 6 ? 44 : 30))));
    part.node.group.setAttribute('class', `node ${peer.state}`);
    this.#drawNode(part.node, { name: peer.name || peer.id.slice(0, 8), x: part.x, y: part.y, radius, named, room });
    part.edge.setAttribute('class', `edge ${peer.state}`);
    const ends = { x1: this.centre.x, y1: this.centre.y, x2: part.x, y2: part.y };
    for (const [key, value] of Object.entries(ends)) part.edge.setAttribute(key, value);
    this.#drawTime(part, peer, count <= roomForTimes);
  }

  #drawNode({ group, circle, initial, label }, { name, x, y, radius, named, room }) {
    group.setAttribute('transform', `translate(${x} ${y})`);
    circle.setAttribute('r', radius);
    initial.textContent = radius >= 13 ? initialOf(name) : '';
    label.textContent = named ? shortened(name, room) : '';
    label.setAttribute('y', radius + 16);
  }

  #drawTime({ ground, time, x, y }, peer, wanted) {
    const shown = wanted && peer.round_trip_ms !== null && peer.state !== 'gone' && peer.state !== 'linking';
    time.textContent = shown ? `${peer.round_trip_ms.toFixed(1)} ms` : '';
    ground.setAttribute('visibility', shown ? 'visible' : 'hidden');
    if (!shown) return;
    // A little nearer to the peer: there the edges lie further apart.
    const at = { x: this.centre.x + (x - this.centre.x) * 0.54, y: this.centre.y + (y - this.centre.y) * 0.54 };
    const width = time.textContent.length * 7 + 10;
    time.setAttribute('x', at.x);
    time.setAttribute('y', at.y);
    ground.setAttribute('x', at.x - width / 2);
    ground.setAttribute('y', at.y - 9);
    ground.setAttribute('width', width);
  }

  #describe() {
    const linked = this.peers.filter(({ state }) => state === 'linked').length;
    this.element.setAttribute('aria-label', this.peers.length === 0
      ? 'No other node yet'
      : `Linked with ${linked} of ${this.peers.length} other nodes; the list below has the same in words`);
  }
}
