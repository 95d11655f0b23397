#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# A project that takes flnet's sources in: only the library becomes part of it, and only the public headers are seen.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
needs "$CXX"

configure -DFLNET_FOLDER="$ROOT"
hides_internals
# Its object only: linking would build all of flnet once more.
cmake --build "$WORK" --target CMakeFiles/consumer.dir/consumer.cpp.o
for folder in apps examples bench tests; do
  if [ -e "$WORK/flnet/$folder" ]; then fail "flnet's $folder became part of another project"; fi
done
if grep -q include/flnet "$WORK/flnet/cmake_install.cmake"; then fail "flnet is installed with another project"; fi
