#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Installs the build tree and looks at what came: public headers, no inner ones, and nothing tied to this machine.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rm -rf "$WORK" "$PREFIX"
cmake --install "$BUILD" --prefix "$WORK" > /dev/null
# All later checks use it from another folder than the one it was installed to.
mv "$WORK" "$PREFIX"

diff -r "$ROOT/include" "$PREFIX/include" || fail "the installed headers are not those of include/"
"$PREFIX/bin/flsignal" --help > /dev/null || fail "the installed flsignal does not start"
for path in "$ROOT" "$BUILD" "$WORK"; do
  if grep -rF --include='*.cmake' --include='*.pc' "$path" "$PREFIX"; then fail "an installed file names $path"; fi
done
