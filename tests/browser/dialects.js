// SPDX-License-Identifier: MIT OR Apache-2.0
// What a plain node says about itself and how it writes messages, a dialect each; shares no code with flnet.

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
export const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** 0.7: messages go as they are. */
class Older {
  nodeInfo(publicKey) { return { name: 'Plain Page', client: 'wasm', pubkey: base64(publicKey) }; }
  signature(bytes) { return base64(bytes); }
  idOf(entry) { return hex(unbase64(entry.pubkey)); }
  describe(sdp) { return sdp; }
  write(data) { return [data]; }
  read(data) { return data; }
}

const pieceLength = 16384;

/** 0.10: texts go in packets, and what is none is dropped. */
class Newer {
  open = new Map();

  nodeInfo(publicKey) {
    return { NodeInfoV3: { name: 'Plain Page', client: 'wasm', pubkey: hex(publicKey), modules: 'STAT | RAND' } };
  }
  signature(bytes) { return hex(bytes); }
  idOf(entry) { return entry.NodeInfoV3.pubkey; }
  describe(sdp) { return sdp; }

  write(text) {
    if (typeof text !== 'string') return [text];  // No node of 0.10 does; the other side has to bear it.
    if (new TextEncoder().encode(text).length <= pieceLength) return [JSON.stringify({ data: text })];
    const letters = [...text];
    const total = Math.ceil(letters.length / pieceLength);
    const id = hex(crypto.getRandomValues(new Uint8Array(32)));
    return Array.from({ length: total }, (_, part) => {
      const data = letters.slice(part * pieceLength, (part + 1) * pieceLength).join('');
      return JSON.stringify({ id, part, total, data });
    });
  }

  /** The text that is complete now, if any. A Rust node reads with a YAML parser, which bears less than JSON.parse. */
  read(packet) {
    if (typeof packet !== 'string' || /\\\/|\\u[dD][89a-fA-F]/.test(packet)) throw new Error('no packet for YAML');
    if (new TextEncoder().encode(packet).length > 65535) throw new Error('a packet larger than the buffer of Rust nodes');
    const { id, part, total, data } = JSON.parse(packet);
    if (typeof data !== 'string' || [...data].length > pieceLength) throw new Error('a packet without data, or too much');
    if (id === undefined && part === undefined && total === undefined) return data;
    if (!/^[0-9a-f]{64}$/.test(id) || !(part >= 0 && part < total)) throw new Error('a part without a place');
    const parts = this.open.get(id) ?? new Array(total).fill(undefined);
    parts[part] = data;
    this.open.set(id, parts);
    if (parts.includes(undefined)) return undefined;
    this.open.delete(id);
    return parts.join('');
  }
}

/** Writes flnet's line into its descriptions, and so has to bear all that C++ nodes do. */
class Flnet extends Older {
  /** An answer names the attempt of its offer. */
  describe(sdp, offer) {
    const own = sdp.replace(/^a=flnet-.*\r\n/gm, '');  // libdatachannel repeats what it does not know of the offer.
    const attempt = offer?.match(/^a=flnet-session:(\S+)/m)?.[1] ?? hex(crypto.getRandomValues(new Uint8Array(8)));
    return `${own}a=flnet-session:${attempt}\r\n${offer ? '' : 'a=flnet-offer\r\n'}`;
  }
}

export const dialects = { '0.7': () => new Older(), '0.10': () => new Newer(), flnet: () => new Flnet() };
