// SPDX-License-Identifier: MIT OR Apache-2.0
// Terminal: a broker over two descriptors; lines are read from one and written to the other.
#pragma once

#include "terminal_words.hpp"

#include <flnet/asio_loop.hpp>
#include <flnet/broker.hpp>
#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/task.hpp>

#include <cstdint>
#include <string>

namespace chat {

/// Emits Typed, TypedTooMuch and, at the end of the input or when the output can't be written, HungUp; takes
/// Show.
/// The loop waits for neither: what a slow reader of the output has not taken stays in the broker, which
/// then refuses more; nothing is read while the broker has no room. The descriptors stay the caller's.
class Terminal {
 public:
  Terminal(flnet::AsioLoop& loop, int input, int output);

  const flnet::Broker<TerminalMessage>& broker() const { return broker_; }
  /// Completes when what was emitted before is written; false when it can't be.
  flnet::Task<bool> written();

 private:
  static flnet::Task<> read(Terminal& self);
  static flnet::Task<> write(Terminal& self, flnet::Tap<TerminalMessage> tap);
  static flnet::Task<bool> write_line(Terminal& self, std::string line);

  flnet::AsioLoop& loop_;
  int input_, output_;
  flnet::Broker<TerminalMessage> broker_;
  flnet::Registration counting_;
  std::uint64_t lines_taken_ = 0, lines_written_ = 0;
  bool works_ = true;
  flnet::Event progress_;  ///< Of the two above.
  flnet::JobSet jobs_;     // Last: its tasks use everything above.
};

}  // namespace chat
