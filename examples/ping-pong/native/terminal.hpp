// SPDX-License-Identifier: MIT OR Apache-2.0
// Terminal: shows the game on standard output, as lines or as a table.
#pragma once

#include "report.hpp"
#include "shared/play.hpp"

#include <string>

namespace ping_pong {

/// A line for each event that the report tells.
class Lines final : public View {
 public:
  explicit Lines(Report::Detail detail) : report_(detail) {}
  void begin(const flnet::NodeInfo& own) override;
  void hear(const PingPongMessage& message) override;

 private:
  Report report_;
};

/// Once a second a table; where there is a terminal to do so, in the place of the one before.
class Table final : public View {
 public:
  void begin(const flnet::NodeInfo& own) override;
  void hear(const PingPongMessage& message) override;

 private:
  std::string own_, signalling_;
  bool second_passed_ = false;
};

}  // namespace ping_pong
