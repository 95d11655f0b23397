#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Two chat programs talk by way of their standard inputs and outputs: chat_program.sh FLSIGNAL CHAT
set -euo pipefail
flsignal="$1" chat="$2"
patience_s=30
work="$(mktemp -d)"
pids=()

finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

fail() {
  echo "error: $*" >&2
  tail -n 50 "$work"/*.out "$work"/*.err >&2
  exit 1
}

# start NAME COMMAND…: with $work/NAME.in, a pipe, as its input. The pid is last_pid.
start() {
  local name="$1"
  shift
  [ -p "$work/$name.in" ] || mkfifo "$work/$name.in"
  "$@" < "$work/$name.in" > "$work/$name.out" 2> "$work/$name.err" &
  last_pid="$!"
  pids+=("$last_pid")
}

# wait_for NAME TEXT: until a line of its output is, or (with a pattern) has, this text.
wait_for() {
  local turn
  for ((turn = 0; turn < patience_s * 10; turn++)); do
    if grep -qF -- "$2" "$work/$1.out"; then return; fi
    sleep 0.1
  done
  fail "$1 did not show: $2"
}

# ends NAME PID STATUS: it ends by itself with that status.
ends() {
  local turn status=0
  for ((turn = 0; turn < patience_s * 10; turn++)); do
    kill -0 "$2" 2> /dev/null || break
    sleep 0.1
  done
  if kill -0 "$2" 2> /dev/null; then fail "$1 does not end"; fi
  wait "$2" || status=$?
  [ "$status" = "$3" ] || fail "$1 ended with status $status, not $3"
}

start server "$flsignal" --listen '127.0.0.1:0'
exec 5> "$work/server.in"
wait_for server 'listening on '
url="ws://$(sed -n 's/^listening on //p' "$work/server.out")"

start alice "$chat" --signal "$url" --name Alice --identity "$work/alice.json"
alice="$last_pid"
exec 6> "$work/alice.in"
wait_for alice '* you are Alice; here is nobody else'
start bob "$chat" --signal "$url" --name Bob
bob="$last_pid"
exec 7> "$work/bob.in"
wait_for bob '* you are Bob; here is Alice'
wait_for alice '* Bob has joined'

echo 'good morning' >&6
wait_for bob '<Alice> good morning'
printf '/msg Alice \033[31mpsst\n' >&7
wait_for alice '<Bob> (to you alone) \u{1b}[31mpsst'
printf '/who\n/nonsense\n' >&6
wait_for alice '* here is Bob'
wait_for alice '! there is no such command'
printf '/name Robert\nI am Robert now\n' >&7
wait_for alice '* Bob is now called Robert'
wait_for alice '<Robert> I am Robert now'
if grep -q $'\033' "$work"/*.out; then fail 'a control character reached the screen'; fi

# The end of the input is a way to leave, too; what was said before arrives.
printf 'my last words' >&7
exec 7>&-
ends bob "$bob" 0
wait_for alice '<Robert> my last words'
wait_for alice '* Robert has left'

# Its own identity is there again at the next start.
echo '/quit' >&6
ends alice "$alice" 0
first="$(cat "$work/alice.json")"
exec 6>&-
start alice "$chat" --signal "$url" --identity "$work/alice.json"
exec 6> "$work/alice.in"
wait_for alice '* you are '
[ "$(cat "$work/alice.json")" = "$first" ] || fail 'the identity has changed'
kill -INT "$last_pid"
ends alice "$last_pid" 0

# Without a server it says so, in one line.
start nowhere "$chat" --signal 'ws://127.0.0.1:1'
exec 8> "$work/nowhere.in"
ends nowhere "$last_pid" 1
[ "$(wc -l < "$work/nowhere.err")" = 1 ] || fail 'one line says why'
for err in "$work"/{alice,bob}.err; do [ ! -s "$err" ] || fail "$err is not empty"; done
