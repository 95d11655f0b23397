// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs a test program that Node was started with; pages import it and start it themselves.
if (globalThis.process?.versions?.node) {
  Promise.all([import('node:url'), import('node:fs')]).then(([url, fs]) => {
    if (fs.realpathSync(process.argv[1]) === url.fileURLToPath(import.meta.url)) Module({ arguments: process.argv.slice(2) });
  });
}
