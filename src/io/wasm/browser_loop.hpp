// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserLoop: flnet's loop as guest of the page's event loop, or of Node's.
#pragma once

#include <flnet/loop.hpp>

#include <optional>

namespace flnet::io {

/// A wake-up is a task of its own (a message of a MessageChannel, setImmediate in Node): rendering and other
/// events come between. Hidden pages get their timers late, up to a minute: the browsers' rule.
class BrowserLoop : public Loop {
 public:
  BrowserLoop();
  ~BrowserLoop() override;
  BrowserLoop(const BrowserLoop&) = delete;
  BrowserLoop& operator=(const BrowserLoop&) = delete;

  Time now() const override;

  // JavaScript's.
  void woken() { turn(); }
  void alarm();

 protected:
  void wake() override;
  void arm(std::optional<Time> when) override;

 private:
  int handle_;
  std::optional<Time> due_;
};

}  // namespace flnet::io
