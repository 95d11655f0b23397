// SPDX-License-Identifier: MIT OR Apache-2.0
// The four kinds of subsystems of a broker: translators, taps, callbacks, handlers.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <algorithm>
#include <cassert>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace flnet::detail {

/// One direction of a link.
template <class Message>
class BrokerTranslator : public BrokerMember<Message> {
 public:
  using BrokerMember<Message>::BrokerMember;
  /// False when the message is not for the other broker, or has been there.
  virtual bool translate(const BrokerParcel<Message>& parcel, const BrokerNode& here) = 0;
};

template <class Message, class Other>
class BrokerTranslatorTo final : public BrokerTranslator<Message> {
 public:
  using Function = std::function<std::optional<Other>(const Message&)>;

  BrokerTranslatorTo(BrokerCore<Message>& core, BrokerCore<Other>& other, Function function)
      : BrokerTranslator<Message>(core),
        other_id_(other.id()),
        other_(other.weak_from_this()),
        function_(std::move(function)) {
    assert(&core.loop() == &other.loop());
    core.add_neighbour(other.shared_from_this());
    other.add_neighbour(core.shared_from_this());
  }

  bool translate(const BrokerParcel<Message>& parcel, const BrokerNode& here) override {
    const bool has_been_there =
        other_id_ == here.id() || std::ranges::find(parcel.trail, other_id_) != parcel.trail.end();
    if (has_been_there || other_.expired()) return false;
    std::optional<Other> translated = this->guarded([&] { return function_(parcel.message); });
    // The function may have ended the other broker.
    const std::shared_ptr<BrokerCore<Other>> other = other_.lock();
    if (!translated || !other) return false;
    if (std::optional<BrokerPlace> place = parcel.place.another()) {
      BrokerTrail trail = parcel.trail;
      trail.push_back(here.id());
      other->forward(std::move(*translated), std::move(trail), std::move(*place));
    } else {
      other->note_overrun();
    }
    return true;
  }

 private:
  void leave(BrokerCore<Message>& core) override {
    core.remove_neighbour(other_id_);
    if (const auto other = other_.lock()) other->remove_neighbour(core.id());
    core.translators.remove(this);
  }
  void drop() override { function_ = nullptr; }

  BrokerID other_id_;
  std::weak_ptr<BrokerCore<Other>> other_;
  Function function_;
};

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

/// What a tap has not read yet. Bounded by the places that its parcels hold.
template <class Message>
class BrokerTapQueue final : public BrokerMember<Message> {
 public:
  using BrokerMember<Message>::BrokerMember;

  void take(const std::shared_ptr<BrokerParcel<Message>>& parcel) {
    parcels_.push_back(parcel);
    receivers_.wake_one();
  }
  /// What is there can still be read.
  void close() {
    closed_ = true;
    receivers_.wake_all();
  }
  std::size_t size() const { return parcels_.size(); }

  std::optional<Message> next() {
    if (parcels_.empty()) return std::nullopt;
    std::shared_ptr<BrokerParcel<Message>> parcel = std::move(parcels_.front());
    parcels_.pop_front();
    return message_of(parcel);
  }

  static Task<std::optional<Message>> receive(std::shared_ptr<BrokerTapQueue> queue) {
    while (queue->parcels_.empty() && !queue->closed_) {
      WaitList::Waiter turn(queue->receivers_);
      co_await turn;
    }
    co_return queue->next();
  }

 private:
  void leave(BrokerCore<Message>& core) override { core.taps.remove(this); }
  void drop() override {
    close();
    const auto unread = std::exchange(parcels_, {});
  }

  std::deque<std::shared_ptr<BrokerParcel<Message>>> parcels_;
  bool closed_ = false;
  WaitList receivers_;
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

/// Both directions of a link, as one.
class BrokerLink final : public BrokerSubsystem {
 public:
  BrokerLink(std::shared_ptr<BrokerSubsystem> forth, std::shared_ptr<BrokerSubsystem> back)
      : forth_(std::move(forth)), back_(std::move(back)) {}
  void remove() override {
    forth_->remove();
    back_->remove();
  }
  void remove_soon() override {
    forth_->remove_soon();
    back_->remove_soon();
  }

 private:
  // Shared with the brokers at either end.
  std::shared_ptr<BrokerSubsystem> forth_, back_;
};

}  // namespace flnet::detail
