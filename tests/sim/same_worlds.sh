#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# same_worlds.sh NATIVE-PROGRAM COMMAND…: the same seeds give the same runs natively and as WASM.
set -euo pipefail
worlds=20
native="$1"
shift
if [ ! -x "$native" ]; then
  echo "skipped: $native is not built"
  exit 77
fi

# digests COMMAND…: a line a world, see print_world in tests/support/worlds.hpp.
digests() {
  FLNET_WORLDS="$worlds" FLNET_SEED=1 FLNET_PRINT_WORLDS=1 "$@" | grep '^world '
}
expected="$(digests "$native")"
found="$(digests "$@")"
if [ "$(wc -l <<< "$expected")" -lt "$worlds" ]; then
  echo "the native program told of fewer than $worlds worlds"
  exit 1
fi
diff <(echo "$expected") <(echo "$found") || { echo "the worlds above differ: < native, > WASM"; exit 1; }
echo "$(wc -l <<< "$expected") worlds are the same"
