// SPDX-License-Identifier: MIT OR Apache-2.0
// TimerBroker: one timer on a grid of seconds.
#include <flnet/timer_broker.hpp>

#include <utility>

namespace flnet {

class TimerBroker::Ticks {
 public:
  explicit Ticks(Loop& loop) : broker(loop), loop_(loop), start_(loop.now()) { wait(); }

  Broker<TimerMessage> broker;

 private:
  void wait() {
    timer_ = loop_.at(start_ + seconds_ + 1s, [this] { tick(); });
  }

  void tick() {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(seconds_);
    seconds_ = std::chrono::floor<std::chrono::seconds>(loop_.now() - start_);
    wait();
    emit(TimerMessage::Second);
    if (seconds_ >= minutes + 1min) emit(TimerMessage::Minute);
  }

  void emit(TimerMessage message) {
    // The broker counts what it refuses.
    [[maybe_unused]] const Result<> emitted = broker.emit(message);
  }

  Loop& loop_;
  Time start_;
  std::chrono::seconds seconds_{0};
  Timer timer_;
};

TimerBroker::TimerBroker(Loop& loop) : ticks_(std::make_unique<Ticks>(loop)) {}
TimerBroker::~TimerBroker() = default;
TimerBroker::TimerBroker(TimerBroker&&) noexcept = default;
TimerBroker& TimerBroker::operator=(TimerBroker&&) noexcept = default;

const Broker<TimerMessage>& TimerBroker::broker() const {
  return ticks_->broker;
}

}  // namespace flnet
