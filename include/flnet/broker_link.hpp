// SPDX-License-Identifier: MIT OR Apache-2.0
// What translates a broker's messages for another broker: one direction of a link, and both.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>

#include <algorithm>
#include <cassert>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

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
