// SPDX-License-Identifier: MIT OR Apache-2.0
// The platform's WebSocket, texts only. In Node the program's loader brings one where the platform has none.
addToLibrary({
  // 0 when the constructor throws, after flnet_socket_refused has been told why.
  flnet_socket_open__deps: ['$flnet', 'flnet_socket_opened', 'flnet_socket_received', 'flnet_socket_dropped',
    'flnet_socket_closed', 'flnet_socket_refused'],
  flnet_socket_open: (self, url, size, mostBytes) => {
    let socket;
    try {
      socket = new WebSocket(flnet.text(url, size));
    } catch (error) {
      _flnet_socket_refused(self, flnet.put(flnet.why(error)), flnet.size);
      return 0;
    }
    // What is text and what is not is all that counts of binary messages: no Blob has to be read.
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => _flnet_socket_opened(self);
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') {
        _flnet_socket_dropped(self);
      } else if (data.length > mostBytes) {
        _flnet_socket_received(self, 0, data.length);  // Its size is all that C++ wants to know of it.
      } else {
        _flnet_socket_received(self, flnet.put(data), flnet.size);
      }
    };
    // Browsers tell scripts nothing about why; Node's WebSockets do.
    socket.onerror = (event) => { socket.flnetWhy = event?.message; };
    socket.onclose = ({ code, reason }) => {
      _flnet_socket_closed(self, code, flnet.put(reason || socket.flnetWhy || ''), flnet.size);
    };
    return flnet.keep(socket);
  },

  // 1: sent; 0: not text that is UTF-8, or the socket is closing.
  flnet_socket_send__deps: ['$flnet'],
  flnet_socket_send: (handle, text, size) => {
    try {
      flnet.table.get(handle).send(flnet.text(text, size));
      return 1;
    } catch {
      return 0;
    }
  },

  flnet_socket_buffered__deps: ['$flnet'],
  flnet_socket_buffered: (handle) => flnet.table.get(handle).bufferedAmount,

  flnet_socket_close__deps: ['$flnet'],
  flnet_socket_close: (handle, code, reason, size) => {
    flnet.table.get(handle).close(code, flnet.text(reason, size));
  },

  // No more calls. A socket that is still open closes by itself; an error of it may come after that (Node's `ws`).
  flnet_socket_destroy__deps: ['$flnet'],
  flnet_socket_destroy: (handle) => {
    const socket = flnet.table.get(handle);
    flnet.table.delete(handle);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {};
    socket.close();
  },
});
