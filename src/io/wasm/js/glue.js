// SPDX-License-Identifier: MIT OR Apache-2.0
// What the glue of all topics shares: handles of JavaScript's objects, text and bytes on their way to and from C++.
// ENVIRONMENT_IS_NODE is Emscripten's.
addToLibrary({
  $flnet__deps: ['flnet_scratch', 'flnet_promise_settled'],
  $flnet__postset: `flnet.table = new Map();
    flnet.encoder = new TextEncoder();
    flnet.decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });`,
  $flnet: {
    last: 0,
    /** The size of what `put` has put. */
    size: 0,

    /** C++ knows objects by number. 0 is none. */
    keep(item) {
      flnet.table.set(++flnet.last, item);
      return flnet.last;
    },

    /** C++'s memory for `put`, and how much of it is known to be there. */
    scratch: 0,
    room: 0,
    /** At least so much of it. C++ is asked only when it has to grow: a call into WASM costs as much as a short message. */
    reserve(size) {
      if (size <= flnet.room && flnet.scratch) return flnet.scratch;
      flnet.room = size;
      flnet.scratch = _flnet_scratch(size);
      return flnet.scratch;
    },

    /** Bytes or text for a call of C++, valid during that call. The only copy that is made. */
    put(data) {
      if (typeof data === 'string') {
        const most = data.length * 3;
        const at = flnet.reserve(most);
        flnet.size = flnet.encoder.encodeInto(data, flnet.view(at, most)).written;
        return at;
      }
      const at = flnet.reserve(data.byteLength);
      HEAPU8.set(data instanceof Uint8Array ? data : new Uint8Array(data), at);
      flnet.size = data.byteLength;
      return at;
    },

    /**
     * Bytes of C++, for what reads or writes them at once. The last view is kept, because making one costs as much as sending a short
     * message, and what is sent often lies at one place. Memory that has grown has no views of before: their length is 0.
     */
    viewed: 0,
    view(at, size) {
      const { viewed } = flnet;
      return size && viewed.byteOffset === at && viewed.length === size ? viewed : flnet.viewed = new Uint8Array(HEAPU8.buffer, at, size);
    },
    /** Text of C++; throws when it is not UTF-8. */
    text: (at, size) => flnet.decoder.decode(flnet.view(at, size)),
    /** A copy of bytes of C++, for what reads them later. */
    bytes: (at, size) => flnet.view(at, size).slice(),
    /** Why something failed. */
    why: (error) => (error instanceof Error || error?.message ? `${error.name}: ${error.message}` : String(error)),

    /** Tells C++'s Promise `self` how `promise` ends, unless it has been forgotten. Values are bytes, text, or nothing. */
    settle(handle, promise) {
      const tell = (good, value) => {
        const self = flnet.table.get(handle);
        if (!self) return;
        flnet.table.delete(handle);
        const kind = value === undefined ? 2 : good ? 1 : 0;
        _flnet_promise_settled(self, kind, flnet.put(value ?? ''), flnet.size);
      };
      promise.then((value) => tell(true, value), (error) => tell(false, flnet.why(error)));
    },

    /** For `await`. */
    pause: (time_ms) => new Promise((later) => { setTimeout(later, time_ms); }),

    /** Runs `call` after what the event loop has ready now; unlike a microtask, it lets events come between. */
    soon(call) {
      if (typeof setImmediate === 'function') {
        setImmediate(call);
        return;
      }
      if (!flnet.channel) {
        flnet.channel = new MessageChannel();
        flnet.calls = [];
        flnet.channel.port1.onmessage = () => flnet.calls.shift()();
      }
      flnet.calls.push(call);
      flnet.channel.port2.postMessage(0);
    },
  },

  flnet_promise_make__deps: ['$flnet'],
  flnet_promise_make: (self) => flnet.keep(self),

  flnet_promise_forget__deps: ['$flnet'],
  flnet_promise_forget: (handle) => { flnet.table.delete(handle); },
});
