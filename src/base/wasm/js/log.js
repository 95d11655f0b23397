// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines of the log to the console, by level.
addToLibrary({
  flnet_console: (level, line, size) => {
    const say = [console.error, console.warn, console.info, console.debug, console.debug][level] ?? console.error;
    say.call(console, new TextDecoder().decode(HEAPU8.subarray(line, line + size)));
  },
});
