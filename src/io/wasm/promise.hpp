// SPDX-License-Identifier: MIT OR Apache-2.0
// Promise: what a coroutine waits for that JavaScript does.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/event.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::io {

/// One promise of JavaScript's. Lives in the coroutine that waits; when that dies first, the promise is
/// forgotten.
class Promise {
 public:
  explicit Promise(Loop& loop = Loop::current());
  ~Promise();
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;

  /// By what JavaScript's functions know it.
  int handle() const { return handle_; }

  /// What came: bytes, or nothing. When the promise failed: `code` ("can't <what>: <why>"), or unsupported
  /// when the platform has no such thing. Once.
  Task<Result<std::optional<Bytes>>> outcome(ErrorCode code, std::string what);

  /// JavaScript's numbers for how it ended.
  enum class End : int { failed = 0, bytes = 1, nothing = 2 };
  void settle(End end, ByteView value);

 private:
  Loop& loop_;
  Event settled_;
  End end_ = End::nothing;
  Bytes value_;
  int handle_;
};

}  // namespace flnet::io
