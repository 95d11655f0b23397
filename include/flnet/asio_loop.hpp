// SPDX-License-Identifier: MIT OR Apache-2.0
// AsioLoop: flnet's loop on a Boost.Asio io_context, flnet's own or the application's. Native builds only.
#pragma once

#ifdef __EMSCRIPTEN__
#error "AsioLoop is not in WASM builds: the loop is the page's, or Node's. Use flnet::run. See docs/wasm.md."
#endif

#include <flnet/loop.hpp>

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace flnet {

/// With a context handed in, the application runs it, on one thread; flnet's objects must be gone, or
/// closed, before the context is.
class AsioLoop final : public Loop {
 public:
  AsioLoop();
  explicit AsioLoop(boost::asio::io_context& context);
  ~AsioLoop() override;

  boost::asio::io_context& context();
  Time now() const override;
  /// Runs until `stop`. Only with a context of our own.
  void run();
  /// Ends `run` after the present callback. Any thread.
  void stop();

  /// Calls `ready` whenever `descriptor` is readable, until the handle is destroyed. The descriptor stays
  /// the caller's and must be closed after the handle.
  class Watch {
   public:
    virtual ~Watch() = default;
  };
  [[nodiscard]] std::unique_ptr<Watch> watch_readable(int descriptor, std::function<void()> ready);
  /// Calls `ready` once when `descriptor` is writable again.
  [[nodiscard]] std::unique_ptr<Watch> watch_writable(int descriptor, std::function<void()> ready);
  /// Calls `ready` whenever the process is asked to stop (SIGINT, SIGTERM), instead of dying.
  [[nodiscard]] std::unique_ptr<Watch> watch_stop_signals(std::function<void()> ready);

 private:
  void wake() override;
  void arm(std::optional<Time> when) override;
  struct Asio;
  std::unique_ptr<Asio> asio_;
};

}  // namespace flnet
