// SPDX-License-Identifier: MIT OR Apache-2.0
// For Emscripten's --js-library: hands the events of view.hpp to the function `on` that the module was made with.
addToLibrary({
  ping_pong_tell: (json, length) => {
    if (Module['on']) Module['on'](JSON.parse(UTF8ToString(json, length)));
  },
});
