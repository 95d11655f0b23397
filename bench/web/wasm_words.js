// SPDX-License-Identifier: MIT OR Apache-2.0
// For Emscripten's --js-library: the page gives `listen`, which gets the function that hears its words, and `tell`.
addToLibrary({
  bench_listen__deps: ['$flnet', 'bench_heard'],
  bench_listen: (listener) => {
    if (listener) Module['listen']((word) => _bench_heard(listener, flnet.put(word), flnet.size));
  },
  bench_tell__deps: ['$flnet'],
  bench_tell: (word, size) => { Module['tell'](flnet.text(word, size)); },
});
