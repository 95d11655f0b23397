# SPDX-License-Identifier: MIT OR Apache-2.0
# What the scripts share: where the project is, how they talk, who is root. Sourced, never run.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# say WORDS: a progress line.
say() { printf '==> %s\n' "$*"; }

# fail WORDS: the reason, on standard error, and the end.
fail() {
  printf '==> error: %s\n' "$*" >&2
  exit 1
}

# have COMMAND: whether it can be run.
have() { command -v "$1" > /dev/null 2>&1; }

# as_root COMMAND…: runs it as root, with sudo only where we are not root yet.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "root is needed for: $*
    You are not root and there is no sudo. Run that line as root, then start again."
  fi
}

# jobs_for MEMORY_MIB: how many compilers of that size this machine can run side by side.
jobs_for() {
  local cores memory
  cores="$(nproc)"
  memory="$(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo 2> /dev/null || true)"
  local fitting=$(( ${memory:-4096} / $1 ))
  if [ "$fitting" -lt 1 ]; then fitting=1; fi
  echo $(( cores < fitting ? cores : fitting ))
}

# node_program: a Node of version 20 or newer, the system's or the one that scripts/setup brought.
node_program() {
  local candidate major
  for candidate in node "$root/build/node/node_modules/.bin/node"; do
    major="$("$candidate" --version 2> /dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')"
    if [ -n "$major" ] && [ "$major" -ge 20 ]; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Checkouts share ccache's work: what is compiled does not depend on where it lies.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
