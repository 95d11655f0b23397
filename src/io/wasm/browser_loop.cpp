// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserLoop: wakes by tasks of the host's event loop, timers by one setTimeout.
#include "io/wasm/browser_loop.hpp"

#include <emscripten/em_macros.h>

#include <chrono>

using flnet::io::BrowserLoop;

extern "C" {
int flnet_loop_make(BrowserLoop* self);
void flnet_loop_destroy(int handle);
void flnet_loop_wake(int handle);
void flnet_loop_arm(int handle, double milliseconds);
double flnet_loop_now();

EMSCRIPTEN_KEEPALIVE void flnet_loop_turn(BrowserLoop* self) noexcept {
  self->woken();
}
EMSCRIPTEN_KEEPALIVE void flnet_loop_alarm(BrowserLoop* self) noexcept {
  self->alarm();
}
}

namespace flnet::io {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

}  // namespace

BrowserLoop::BrowserLoop() : handle_(flnet_loop_make(this)) {}

BrowserLoop::~BrowserLoop() {
  shut_down();
  flnet_loop_destroy(handle_);
}

Time BrowserLoop::now() const {
  return Time(std::chrono::floor<Duration>(Milliseconds(flnet_loop_now())));
}

void BrowserLoop::wake() {
  flnet_loop_wake(handle_);
}

void BrowserLoop::arm(std::optional<Time> when) {
  due_ = when;
  flnet_loop_arm(handle_, when ? std::max(0.0, Milliseconds(*when - now()).count()) : -1);
}

void BrowserLoop::alarm() {
  // setTimeout may be early by a fraction of a millisecond, and by far for what is weeks away.
  if (due_ && *due_ > now()) {
    arm(due_);
  } else {
    turn();
  }
}

}  // namespace flnet::io
