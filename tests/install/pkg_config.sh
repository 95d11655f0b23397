#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Programs that are built with pkg-config's flags alone: README's compiles, the consumer also links and runs.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
needs "$CXX"
needs pkg-config

PKG_CONFIG_PATH="$(dirname "$(find "$PREFIX" -name flnet.pc)")"
export PKG_CONFIG_PATH
rm -rf "$WORK"
mkdir -p "$WORK"
cd "$WORK"
pkg-config --print-errors --exists 'flnet >= 0.1'
read -ra compile <<< "$(pkg-config --cflags flnet)"
read -ra link <<< "$(pkg-config --static --libs flnet)"
for source in tests/install/consumer/consumer.cpp examples/hello.cpp; do
  "$CXX" -std=c++23 -O2 "${warnings[@]}" "${sanitizers[@]}" "${compile[@]}" -c "$ROOT/$source"
done
if [ "$LINK" = no ]; then exit; fi
"$CXX" "${sanitizers[@]}" consumer.o "${link[@]}" -o consumer
./consumer
