// SPDX-License-Identifier: MIT OR Apache-2.0
// ReadyCall: a call in a loop's ready queue.
#pragma once

#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace flnet::detail {

/// Something to call once: `run` or `drop` must follow, and ends it. Two words that are copied freely,
/// because moving a std::function about costs as much as a short message. What has no more than a pointer of
/// its own, like the waking of a coroutine, lives in them.
class ReadyCall {
 public:
  template <class Call>
  explicit ReadyCall(Call call) {
    if constexpr (fits<Call>) {
      std::memcpy(static_cast<void*>(&self_), &call, sizeof call);
      use_ = use_here<Call>;
    } else {
      self_ = new Call(std::move(call));
      use_ = use_there<Call>;
    }
  }

  /// Calls it, and destroys it after that.
  void run() const { use_(self_, true); }
  void drop() const { use_(self_, false); }
  /// In place of one that has ended.
  static ReadyCall nothing() {
    return ReadyCall([] {});
  }

 private:
  using Use = void (*)(void* self, bool runs);

  template <class Call>
  static constexpr bool fits =
      sizeof(Call) <= sizeof(void*) && std::is_trivially_copyable_v<Call> && alignof(Call) <= alignof(void*);

  template <class Call>
  static void use_here(void* self, bool runs) {
    if (runs) (*std::launder(reinterpret_cast<Call*>(&self)))();
  }
  template <class Call>
  static void use_there(void* self, bool runs) {
    const std::unique_ptr<Call> call(static_cast<Call*>(self));
    if (runs) (*call)();
  }

  void* self_ = nullptr;
  Use use_;
};

}  // namespace flnet::detail
