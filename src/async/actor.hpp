// SPDX-License-Identifier: MIT OR Apache-2.0
// Actor: the one caller of a pure machine: gives inputs, carries out outputs, keeps its deadline.
#pragma once

#include <flnet/loop.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace flnet {

/// Machine: Input, Output, Outbox = std::vector<Output>, handle(Input, Time, Outbox&),
/// handle_timeout(Time, Outbox&), deadline(). `Carry` is called with each Output&&, in order; an input
/// that is given meanwhile waits until all outputs of the present one are carried out. Carrying out may
/// destroy the actor.
template <class Machine, class Carry>
class Actor {
 public:
  using Input = typename Machine::Input;
  using Output = typename Machine::Output;

  /// `machine` and `loop` outlive the actor.
  Actor(Loop& loop, Machine& machine, Carry carry)
      : loop_(loop), machine_(machine), carry_(std::move(carry)) {
    arm();
  }
  ~Actor() {
    if (destroyed_ != nullptr) *destroyed_ = true;
  }
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  void give(Input input) {
    inputs_.emplace_back(std::move(input));
    run();
  }

 private:
  /// An input, or nothing for the deadline.
  using Step = std::optional<Input>;

  void run() {
    if (destroyed_ != nullptr) return;
    bool destroyed = false;
    destroyed_ = &destroyed;
    // Inputs are taken by index: more come while outputs are carried out.
    for (std::size_t next = 0; next < inputs_.size(); ++next) {
      step(std::exchange(inputs_[next], std::nullopt));
      for (Output& output : outputs_) {
        carry_(std::move(output));
        if (destroyed) return;
      }
      outputs_.clear();
    }
    inputs_.clear();
    destroyed_ = nullptr;
    arm();
  }

  void step(Step input) {
    const Time now = loop_.now();
    if (input) {
      machine_.handle(std::move(*input), now, outputs_);
    } else {
      machine_.handle_timeout(now, outputs_);
    }
  }

  /// One timer. It stays when the deadline moves away: it then comes early and is set again.
  void arm() {
    const std::optional<Time> deadline = machine_.deadline();
    if (!deadline) {
      timer_ = {};
      armed_.reset();
    } else if (!armed_ || *deadline < *armed_) {
      armed_ = deadline;
      timer_ = loop_.at(*deadline, [this] { timer_fired(); });
    }
  }

  void timer_fired() {
    armed_.reset();
    const std::optional<Time> deadline = machine_.deadline();
    if (!deadline || *deadline > loop_.now()) return arm();
    inputs_.emplace_back(std::nullopt);
    run();
  }

  Loop& loop_;
  Machine& machine_;
  Carry carry_;
  std::vector<Step> inputs_;
  std::vector<Output> outputs_;
  Timer timer_;
  std::optional<Time> armed_;
  bool* destroyed_ = nullptr;  ///< Set while outputs are carried out.
};

}  // namespace flnet
