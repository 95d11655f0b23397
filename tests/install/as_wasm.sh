#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# A project that takes flnet's sources in and builds as WASM: the same file as natively, with options of its own; and what
# WASM has not got fails with a sentence that says so.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rm -rf "$WORK"
cmake -G Ninja -S "$ROOT/tests/install/wasm_consumer" -B "$WORK" -DFLNET_FOLDER="$ROOT" -DCMAKE_BUILD_TYPE=MinSizeRel \
  -DCMAKE_TOOLCHAIN_FILE="$ROOT/cmake/FlnetEmscripten.cmake" -DCMAKE_CXX_FLAGS="${warnings[*]} -fwasm-exceptions"
cmake --build "$WORK" --target page
for file in page.mjs page.wasm flnet_loader.mjs; do
  [ -s "$WORK/$file" ] || fail "$file is missing"
done
if said="$(cmake --build "$WORK" --target listens 2>&1)"; then fail "a program that listens compiles as WASM"; fi
grep -q 'SignalServer is not in WASM builds' <<< "$said" || fail "$said"
