// SPDX-License-Identifier: MIT OR Apache-2.0
// Which view of C++'s memory the glue gives out, also when that memory has grown. node memory_view_test.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';

const library = {};
globalThis.addToLibrary = (part) => Object.assign(library, part);
runInThisContext(readFileSync(new URL('../../src/io/wasm/js/glue.js', import.meta.url), 'utf8'));
globalThis.flnet = library.$flnet;

const memory = new WebAssembly.Memory({ initial: 1 });
/** As Emscripten does it: the views of before are detached. */
function grow() {
  memory.grow(1);
  globalThis.HEAPU8 = new Uint8Array(memory.buffer);
}
globalThis.HEAPU8 = new Uint8Array(memory.buffer);
HEAPU8.set([1, 2, 3, 4], 100);

const first = flnet.view(100, 4);
assert.deepEqual([...first], [1, 2, 3, 4]);
assert.equal(flnet.view(100, 4), first, 'kept');
HEAPU8[101] = 7;
assert.deepEqual([...flnet.view(100, 4)], [1, 7, 3, 4], 'what lies there now');
assert.deepEqual([...flnet.view(100, 2)], [1, 7], 'another size');
assert.deepEqual([...flnet.view(101, 2)], [7, 3], 'another place');
grow();
assert.deepEqual([...flnet.view(101, 2)], [7, 3], 'of memory that has grown');
grow();
const empty = flnet.view(0, 0);
assert.equal(empty.buffer, memory.buffer, 'an empty one is not the detached one of before');
console.log('ok');
