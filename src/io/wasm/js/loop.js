// SPDX-License-Identifier: MIT OR Apache-2.0
// The event loop of the page, or of Node: turns, the next timer, and the wish that the program stops.
addToLibrary({
  flnet_loop_make__deps: ['$flnet', 'flnet_loop_turn', 'flnet_loop_alarm'],
  flnet_loop_make: (self) => flnet.keep({ self }),

  flnet_loop_destroy__deps: ['$flnet'],
  flnet_loop_destroy: (handle) => {
    const loop = flnet.table.get(handle);
    clearTimeout(loop.timer);
    loop.self = 0;
    flnet.table.delete(handle);
  },

  flnet_loop_wake__deps: ['$flnet', 'flnet_loop_turn'],
  flnet_loop_wake: (handle) => {
    const loop = flnet.table.get(handle);
    flnet.soon(() => { if (loop.self) _flnet_loop_turn(loop.self); });
  },

  // Below 0: no timer. setTimeout takes 31 bits.
  flnet_loop_arm__deps: ['$flnet', 'flnet_loop_alarm'],
  flnet_loop_arm: (handle, milliseconds) => {
    const loop = flnet.table.get(handle);
    clearTimeout(loop.timer);
    if (milliseconds < 0) return;
    loop.timer = setTimeout(() => _flnet_loop_alarm(loop.self), Math.min(Math.ceil(milliseconds), 0x7fffffff));
  },

  flnet_loop_now: () => performance.now(),

  // A page that the browser only puts aside (persisted) may come back.
  flnet_run_begin__deps: ['$flnet', 'flnet_run_stopped'],
  flnet_run_begin: (self) => {
    const running = { stop: (event) => { if (!event?.persisted) _flnet_run_stopped(self); } };
    if (ENVIRONMENT_IS_NODE) {
      running.alive = setInterval(() => {}, 0x7fffffff);
      for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, running.stop);
    } else {
      globalThis.addEventListener?.('pagehide', running.stop);
    }
    return flnet.keep(running);
  },

  // The program's loader may want to know: Module.ended(code).
  flnet_run_end__deps: ['$flnet', 'flnet_run_over'],
  flnet_run_end: (handle, self) => {
    const running = flnet.table.get(handle);
    flnet.table.delete(handle);
    if (running.alive) {
      clearInterval(running.alive);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, running.stop);
    } else {
      globalThis.removeEventListener?.('pagehide', running.stop);
    }
    flnet.soon(() => {
      const code = _flnet_run_over(self);
      if (running.alive && code) process.exitCode = code;
      Module['ended']?.(code);
    });
  },
});
