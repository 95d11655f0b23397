#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Compiles each installed header by itself, twice included and without any other: it brings what it uses.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
needs "$CXX"

cd "$PREFIX/include"
headers=(flnet/*.hpp)
[ -e "${headers[0]}" ] || fail "no header is installed"
for header in "${headers[@]}"; do
  printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
    "$CXX" -std=c++23 "${warnings[@]}" -Wshadow -I. -fsyntax-only -x c++ - || fail "$header does not compile alone"
done
echo "${#headers[@]} headers"
