// SPDX-License-Identifier: MIT OR Apache-2.0
// Promise: how JavaScript's promises wake coroutines.
#include "io/wasm/promise.hpp"

#include <emscripten/em_macros.h>

#include <utility>

extern "C" {
int flnet_promise_make(flnet::io::Promise* self);
void flnet_promise_forget(int handle);

EMSCRIPTEN_KEEPALIVE void flnet_promise_settled(flnet::io::Promise* self, int end, const std::uint8_t* data,
                                                std::size_t size) noexcept {
  self->settle(static_cast<flnet::io::Promise::End>(end), {data, size});
}
}

namespace flnet::io {

Promise::Promise(Loop& loop) : loop_(loop), handle_(flnet_promise_make(this)) {}

Promise::~Promise() {
  flnet_promise_forget(handle_);
}

void Promise::settle(End end, ByteView value) {
  end_ = end;
  value_ = to_bytes(value);
  const Loop::Scope scope(loop_);
  settled_.notify();
}

Task<Result<std::optional<Bytes>>> Promise::outcome(ErrorCode code, std::string what) {
  co_await settled_.wait();
  if (end_ == End::nothing) co_return std::nullopt;
  if (end_ == End::bytes) co_return std::move(value_);
  const std::string_view why = as_text(value_);
  // The name of the DOMException for what a platform has not got.
  if (why.starts_with("NotSupportedError")) code = ErrorCode::unsupported;
  co_return failure(code, "can't " + what + ": " + std::string(why));
}

}  // namespace flnet::io
