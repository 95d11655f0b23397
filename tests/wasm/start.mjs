// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs a WASM program in Node: node start.mjs PROGRAM.mjs ARGUMENTS…
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const program = resolve(process.argv[2]);
const { start } = await import(pathToFileURL(join(dirname(program), 'flnet_loader.mjs')));
const { default: factory } = await import(pathToFileURL(program));
// npm's @roamhq/wrtc now and then crashes when Node takes itself down.
process.exit(await start(factory, { arguments: process.argv.slice(3) }));
