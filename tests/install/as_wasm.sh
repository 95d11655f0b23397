#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# A project that takes flnet's sources in and builds as WASM: the same file as natively, with options of its own; and what
# WASM has not got fails with a sentence that says so.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rm -rf "$WORK"
cmake -G Ninja -S "$ROOT/tests/install/wasm_consumer" -B "$WORK" -DFLNET_FOLDER="$ROOT" -DCMAKE_BUILD_TYPE=MinSizeRel \
  -DCMAKE_TOOLCHAIN_FILE="$ROOT/cmake/FlnetEmscripten.cmake"
# Its objects only: linking would build all of flnet once more.
cmake --build "$WORK" --target parts
grep -q '^build page.mjs' "$WORK/build.ninja" || fail "flnet_wasm_program makes no module"
if said="$(cmake --build "$WORK" --target listens 2>&1)"; then fail "a program that listens compiles as WASM"; fi
grep -q 'SignalServer is not in WASM builds' <<< "$said" || fail "$said"
