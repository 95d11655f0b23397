// SPDX-License-Identifier: MIT OR Apache-2.0
// What calls a broker's handlers and callbacks.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/broker_parcel.hpp>
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
class BrokerCallback final : public BrokerMember {
 public:
  using Function = std::function<void(const Message&)>;
  BrokerCallback(BrokerCore& core, Function function)
      : BrokerMember(core, BrokerKind::callback), function_(std::move(function)) {}

  void take(const std::shared_ptr<BrokerParcel>& parcel) override {
    guarded([&] { function_(read_message<Message>(*parcel)); });
  }

 private:
  void drop() override { function_ = nullptr; }

  Function function_;
};

/// An object that answers messages, with its own queue: one that waits holds up nobody but itself.
class BrokerHandler : public BrokerMember {
 public:
  explicit BrokerHandler(BrokerCore& core) : BrokerMember(core, BrokerKind::handler) {}

  void take(const std::shared_ptr<BrokerParcel>& parcel) final {
    inbox_.push_back(parcel);
    if (std::exchange(busy_, true)) return;
    if (const auto its_core = core()) its_core->handler_busy();
  }
  /// What was not begun never will be.
  void forget() final { const BrokerParcels unread = std::exchange(inbox_, {}); }
  /// Begins with what is in the inbox, unless it is still at work.
  void start() final {
    if (working_ || inbox_.empty()) return;
    working_ = true;
    guarded([this] { work(); });
  }

 protected:
  virtual void work() = 0;

  BrokerParcels next_batch() { return std::exchange(inbox_, {}); }
  void answer(const BrokerParcels& batch, BrokerParcels answers);
  /// A batch is answered. The next one starts from the broker's queue, as the first did.
  void rest();

 private:
  void left(BrokerCore& its_core) final {
    forget();
    if (std::exchange(busy_, false)) its_core.handler_rests();
  }

  BrokerParcels inbox_;
  bool busy_ = false;     ///< Has messages, or is at work.
  bool working_ = false;  ///< Has a batch that it has not answered yet.
};

/// `Handler` has `messages(std::vector<Message>)`, which returns the answers or a task of them; or is a
/// std::reference_wrapper of such an object.
template <class Message, class Handler>
class BrokerHandlerOf final : public BrokerHandler {
  using Object = std::unwrap_reference_t<Handler>;
  using Messages = std::vector<Message>;
  static constexpr bool synchronous =
      std::is_same_v<decltype(std::declval<Object&>().messages(std::declval<Messages>())), Messages>;

 public:
  BrokerHandlerOf(BrokerCore& core, Handler handler) : BrokerHandler(core), handler_(std::move(handler)) {}

 private:
  void work() override {
    if constexpr (synchronous) {
      const BrokerParcels batch = next_batch();
      Messages answers = object().messages(messages_of(batch));
      answer(batch, parcels_of(std::move(answers)));
      rest();
    } else {
      job_.emplace(answer_batch(*this));
      job_->start();
    }
  }

  static Task<> answer_batch(BrokerHandlerOf& self) {
    BrokerParcels batch = self.next_batch();
    Messages answers = co_await self.object().messages(messages_of(batch));
    self.answer(batch, parcels_of(std::move(answers)));
    batch.clear();
    self.rest();
  }

  static Messages messages_of(const BrokerParcels& batch) {
    Messages messages;
    messages.reserve(batch.size());
    for (const auto& parcel : batch) messages.push_back(message_of<Message>(parcel));
    return messages;
  }
  static BrokerParcels parcels_of(Messages messages) {
    BrokerParcels parcels;
    parcels.reserve(messages.size());
    for (Message& message : messages) parcels.push_back(parcel_of(std::move(message)));
    return parcels;
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
