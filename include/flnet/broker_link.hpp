// SPDX-License-Identifier: MIT OR Apache-2.0
// What translates a broker's messages for another broker: one direction of a link, and both.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/broker_parcel.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace flnet::detail {

/// One direction of a link.
class BrokerTranslator : public BrokerMember {
 public:
  BrokerTranslator(BrokerCore& core, BrokerCore& other);
  /// False when the message is not for the other broker, or has been there.
  bool translate(const BrokerParcel& parcel, const BrokerNode& here) final { return pass_on(parcel, here); }

 protected:
  /// The other broker's message; null when there is none.
  virtual std::shared_ptr<BrokerParcel> translated(const BrokerParcel& parcel) = 0;

 private:
  bool pass_on(const BrokerParcel& parcel, const BrokerNode& here);
  void left(BrokerCore& core) final {
    core.remove_neighbour(other_id_);
    if (const auto other = other_.lock()) other->remove_neighbour(core.id());
  }

  BrokerID other_id_;
  std::weak_ptr<BrokerCore> other_;
};

template <class Message, class Other>
class BrokerTranslatorTo final : public BrokerTranslator {
 public:
  using Function = std::function<std::optional<Other>(const Message&)>;
  BrokerTranslatorTo(BrokerCore& core, BrokerCore& other, Function function)
      : BrokerTranslator(core, other), function_(std::move(function)) {}

 private:
  std::shared_ptr<BrokerParcel> translated(const BrokerParcel& parcel) override {
    std::optional<Other> message = function_(read_message<Message>(parcel));
    return message ? parcel_of(*std::move(message)) : nullptr;
  }
  void drop() override { function_ = nullptr; }

  Function function_;
};

/// Both directions of a link, as one.
class BrokerLink final : public BrokerSubsystem {
 public:
  BrokerLink(std::shared_ptr<BrokerSubsystem> forth, std::shared_ptr<BrokerSubsystem> back)
      : forth_(std::move(forth)), back_(std::move(back)) {}
  void remove() override;
  void remove_soon() override;

 private:
  // Shared with the brokers at either end.
  std::shared_ptr<BrokerSubsystem> forth_, back_;
};

}  // namespace flnet::detail
