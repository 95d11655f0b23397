// SPDX-License-Identifier: MIT OR Apache-2.0
// What calls a broker's handlers and callbacks.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/task.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace flnet::detail {

/// A function called with each message.
template <class Message>
class BrokerCallback final : public BrokerMember<Message> {
 public:
  using Function = std::function<void(const Message&)>;
  BrokerCallback(BrokerCore<Message>& core, Function function)
      : BrokerMember<Message>(core), function_(std::move(function)) {}

  void take(const std::shared_ptr<BrokerParcel<Message>>& parcel) {
    this->guarded([&] { function_(parcel->message); });
  }

 private:
  void leave(BrokerCore<Message>& core) override { core.callbacks.remove(this); }
  void drop() override { function_ = nullptr; }

  Function function_;
};

/// An object that answers messages, with its own queue: one that waits holds up nobody but itself.
template <class Message>
class BrokerHandler : public BrokerMember<Message> {
 public:
  using Parcels = std::vector<std::shared_ptr<BrokerParcel<Message>>>;
  using BrokerMember<Message>::BrokerMember;

  void take(const std::shared_ptr<BrokerParcel<Message>>& parcel) {
    inbox_.push_back(parcel);
    if (std::exchange(busy_, true)) return;
    if (const auto core = this->core()) core->handler_busy();
  }
  /// The broker has gone: what was not begun never will be.
  void forget() { const Parcels unread = std::exchange(inbox_, {}); }
  /// Begins with what is in the inbox, unless it is still at work.
  void start() {
    if (working_ || inbox_.empty()) return;
    working_ = true;
    this->guarded([this] { work(); });
  }

 protected:
  virtual void work() = 0;

  Parcels next_batch() { return std::exchange(inbox_, {}); }
  static std::vector<Message> messages_of(Parcels& batch) {
    std::vector<Message> messages;
    messages.reserve(batch.size());
    for (auto& parcel : batch) messages.push_back(message_of(parcel));
    return messages;
  }
  void answer(const Parcels& batch, std::vector<Message> answers) {
    if (const auto core = this->core()) core->answer(batch, std::move(answers), this->number());
  }
  /// A batch is answered. The next one starts from the broker's queue, as the first did.
  void rest() {
    working_ = false;
    const auto core = this->core();
    if (!core || !busy_) return;
    if (!inbox_.empty()) {
      core->schedule();
    } else {
      busy_ = false;
      core->handler_rests();
    }
  }

 private:
  void leave(BrokerCore<Message>& core) override {
    forget();
    if (std::exchange(busy_, false)) core.handler_rests();
    core.handlers.remove(this);
  }

  Parcels inbox_;
  bool busy_ = false;     ///< Has messages, or is at work.
  bool working_ = false;  ///< Has a batch that it has not answered yet.
};

/// `Handler` has `messages(std::vector<Message>)`, which returns the answers or a task of them; or is a
/// std::reference_wrapper of such an object.
template <class Message, class Handler>
class BrokerHandlerOf final : public BrokerHandler<Message> {
  using Object = std::unwrap_reference_t<Handler>;
  using Answers = std::vector<Message>;
  using Parcels = BrokerHandler<Message>::Parcels;
  static constexpr bool synchronous =
      std::is_same_v<decltype(std::declval<Object&>().messages(std::declval<Answers>())), Answers>;

 public:
  BrokerHandlerOf(BrokerCore<Message>& core, Handler handler)
      : BrokerHandler<Message>(core), handler_(std::move(handler)) {}

 private:
  void work() override {
    if constexpr (synchronous) {
      Parcels batch = this->next_batch();
      Answers answers = object().messages(this->messages_of(batch));
      this->answer(batch, std::move(answers));
      this->rest();
    } else {
      job_.emplace(answer_batch(*this));
      job_->start();
    }
  }

  static Task<> answer_batch(BrokerHandlerOf& self) {
    Parcels batch = self.next_batch();
    Answers answers = co_await self.object().messages(self.messages_of(batch));
    self.answer(batch, std::move(answers));
    batch.clear();
    self.rest();
  }

  void drop() override {
    job_.reset();
    handler_.reset();
  }
  Object& object() { return *handler_; }

  std::optional<Handler> handler_;
  std::optional<Task<>> job_;  ///< Uses the handler.
};

}  // namespace flnet::detail
