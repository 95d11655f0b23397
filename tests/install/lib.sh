# SPDX-License-Identifier: MIT OR Apache-2.0
# What the checks share. ctest says in the environment: ROOT (the sources), BUILD, PREFIX (flnet, installed),
# WORK (a folder of the check's own), CXX, LINK (yes or no), SANITIZERS.
set -euo pipefail

# fail WORDS: what is wrong, and the end.
fail() {
  echo "$*" >&2
  exit 1
}

# skip WORDS: ctest shows the test as skipped.
skip() {
  echo "skipped: $*"
  exit 77
}

# needs PROGRAM: skips where it is missing.
needs() { command -v "$1" > /dev/null || skip "$1 is not installed"; }

warnings=(-Wall -Wextra -Wpedantic -Werror)
# A program links what the libraries were built with.
sanitizers=()
if [ -n "${SANITIZERS:-}" ] && [ "${LINK:-yes}" = yes ]; then sanitizers=("-fsanitize=$SANITIZERS"); fi

# configure CMAKE-ARGUMENTS…: the project in consumer/, anew, in WORK.
configure() {
  rm -rf "$WORK"
  cmake -G Ninja -S "$ROOT/tests/install/consumer" -B "$WORK" -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS="${warnings[*]} ${sanitizers[*]}" "$@"
}

# hides_internals: a program that includes a header of flnet's inside must not compile, for that reason.
hides_internals() {
  [ -e "$ROOT/src/rtc/ice_agent.hpp" ] || fail "src/rtc/ice_agent.hpp is gone: let consumer/internal.cpp include another"
  local said
  if said="$(cmake --build "$WORK" --target internal 2>&1)"; then fail "a user's program can include rtc/ice_agent.hpp"; fi
  grep -q 'rtc/ice_agent.hpp.*\(No such file\|file not found\)' <<< "$said" || fail "$said"
}
