// SPDX-License-Identifier: MIT OR Apache-2.0
// Terminal: what is printed, and when.
#include "terminal.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>
#include <variant>

namespace ping_pong {
namespace {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string introduction(const flnet::NodeInfo& own) {
  return "Our ID is " + own.id().hex() + " (" + printable(own.name) + ")\n";
}

}  // namespace

void Lines::begin(const flnet::NodeInfo& own) {
  print(introduction(own));
}

void Lines::hear(const PingPongMessage& message) {
  print(report_.hear(message));
}

void Table::begin(const flnet::NodeInfo& own) {
  own_ = introduction(own);
  print(own_);
}

void Table::hear(const PingPongMessage& message) {
  if (std::holds_alternative<Tick>(message)) second_passed_ = true;
  if (const auto* news = std::get_if<Signalling>(&message))
    signalling_ = news->reachable ? "" : Report(Report::Detail::changes).hear(*news);
  const auto* peers = std::get_if<Peers>(&message);
  if (peers == nullptr || !std::exchange(second_passed_, false)) return;
  const bool in_place = isatty(STDOUT_FILENO) != 0;
  print((in_place ? "\x1b[H\x1b[J" + own_ : "") + table_of(*peers) + signalling_ + '\n');
}

}  // namespace ping_pong
