// SPDX-License-Identifier: MIT OR Apache-2.0
// AsioLoop on Boost.Asio: turns are posted handlers, the next timer is one steady_timer.
#include <flnet/asio_loop.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

namespace flnet {
namespace asio = boost::asio;
namespace {

std::chrono::steady_clock::time_point steady(Time when) {
  return std::chrono::steady_clock::time_point(when.time_since_epoch());
}

}  // namespace

struct AsioLoop::Asio {
  explicit Asio(asio::io_context* users)
      // One thread runs it: Asio then leaves out what only several would need.
      : own(users == nullptr ? std::make_unique<asio::io_context>(1) : nullptr),
        context(users == nullptr ? *own : *users),
        timer(context) {}

  std::unique_ptr<asio::io_context> own;
  asio::io_context& context;
  asio::steady_timer timer;
  /// Shared with handlers that are still queued when the loop dies: they find nothing to call.
  std::shared_ptr<AsioLoop*> self = std::make_shared<AsioLoop*>(nullptr);
};

namespace {

/// What a watch and its pending handler share: the handler comes late, after the watch's end.
struct WatchState {
  explicit WatchState(AsioLoop& its_loop) : loop(its_loop) {}
  AsioLoop& loop;
  std::function<void()> ready;
  bool stopped = false;

  /// Whether to go on: `ready`, or what it woke, may have destroyed the watch.
  bool call() {
    if (stopped) return false;
    {
      const Loop::Scope scope(loop);
      ready();
    }
    return !stopped;
  }
};

class DescriptorWatch final : public AsioLoop::Watch {
 public:
  using Wait = asio::posix::stream_descriptor::wait_type;

  DescriptorWatch(AsioLoop& loop, int descriptor, std::function<void()> ready, Wait what, bool again)
      : state_(std::make_shared<State>(loop)) {
    state_->ready = std::move(ready);
    state_->what = what;
    state_->again = again;
    // A copy, since Asio closes what it is given, and epoll takes a descriptor only once.
    const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return;
    boost::system::error_code error;
    state_->descriptor.assign(copy, error);
    // What can't be watched (a plain file) is never ready.
    if (error) {
      ::close(copy);
    } else {
      wait(state_);
    }
  }
  ~DescriptorWatch() override {
    state_->stopped = true;
    boost::system::error_code ignored;
    state_->descriptor.close(ignored);
  }

 private:
  struct State : WatchState {
    explicit State(AsioLoop& its_loop) : WatchState(its_loop), descriptor(its_loop.context()) {}
    asio::posix::stream_descriptor descriptor;
    Wait what{};
    bool again = false;
  };
  static void wait(const std::shared_ptr<State>& state) {
    state->descriptor.async_wait(state->what, [state](const boost::system::error_code& error) {
      if (error) return;
      if (state->call() && state->again) wait(state);
    });
  }

  std::shared_ptr<State> state_;
};

class SignalWatch final : public AsioLoop::Watch {
 public:
  SignalWatch(AsioLoop& loop, std::function<void()> ready) : state_(std::make_shared<State>(loop)) {
    state_->ready = std::move(ready);
    boost::system::error_code ignored;
    state_->signals.add(SIGINT, ignored);
    state_->signals.add(SIGTERM, ignored);
    wait(state_);
  }
  ~SignalWatch() override {
    state_->stopped = true;
    boost::system::error_code ignored;
    state_->signals.cancel(ignored);
    state_->signals.clear(ignored);
  }

 private:
  struct State : WatchState {
    explicit State(AsioLoop& its_loop) : WatchState(its_loop), signals(its_loop.context()) {}
    asio::signal_set signals;
  };
  static void wait(const std::shared_ptr<State>& state) {
    state->signals.async_wait([state](const boost::system::error_code& error, int) {
      if (!error && state->call()) wait(state);
    });
  }

  std::shared_ptr<State> state_;
};

}  // namespace

AsioLoop::AsioLoop() : asio_(std::make_unique<Asio>(nullptr)) {
  *asio_->self = this;
}

AsioLoop::AsioLoop(asio::io_context& context) : asio_(std::make_unique<Asio>(&context)) {
  *asio_->self = this;
}

AsioLoop::~AsioLoop() {
  *asio_->self = nullptr;
  shut_down();
}

asio::io_context& AsioLoop::context() {
  return asio_->context;
}

Time AsioLoop::now() const {
  return Time(std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

void AsioLoop::run() {
  asio::io_context& context = *asio_->own;
  const auto stay = asio::make_work_guard(context);
  context.restart();
  context.run();
}

void AsioLoop::stop() {
  asio_->context.stop();
}

std::unique_ptr<AsioLoop::Watch> AsioLoop::watch_readable(int descriptor, std::function<void()> ready) {
  return std::make_unique<DescriptorWatch>(*this, descriptor, std::move(ready),
                                           DescriptorWatch::Wait::wait_read, true);
}

std::unique_ptr<AsioLoop::Watch> AsioLoop::watch_writable(int descriptor, std::function<void()> ready) {
  return std::make_unique<DescriptorWatch>(*this, descriptor, std::move(ready),
                                           DescriptorWatch::Wait::wait_write, false);
}

std::unique_ptr<AsioLoop::Watch> AsioLoop::watch_stop_signals(std::function<void()> ready) {
  return std::make_unique<SignalWatch>(*this, std::move(ready));
}

void AsioLoop::wake() {
  asio::post(asio_->context, [self = asio_->self] {
    if (*self != nullptr) (*self)->turn();
  });
}

void AsioLoop::arm(std::optional<Time> when) {
  if (!when) {
    asio_->timer.cancel();
    return;
  }
  asio_->timer.expires_at(steady(*when));
  asio_->timer.async_wait([self = asio_->self](const boost::system::error_code& error) {
    if (!error && *self != nullptr) (*self)->turn();
  });
}

}  // namespace flnet
