// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerParcel: a message on its way through one broker.
#pragma once

#include <flnet/broker_node.hpp>
#include <flnet/broker_words.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace flnet::detail {

/// The brokers that translated a message: it never returns to one of them.
using BrokerTrail = std::vector<BrokerID>;

/// All but the message itself, so that what carries it is the same code for messages of all types.
struct BrokerParcel {
  Destination to = Destination::All;
  BrokerTrail trail{};
  std::uint64_t from = 0;    ///< The number of the handler whose answer it is; 0 for others.
  std::uint64_t number = 0;  ///< Counts parcels and subsystems of this broker, in the order they came.
  BrokerPlace place{};
};

/// Shared by those who have not read them yet.
using BrokerParcels = std::vector<std::shared_ptr<BrokerParcel>>;

/// What the parcels of a Broker<Message> are.
template <class Message>
struct BrokerParcelOf : BrokerParcel {
  explicit BrokerParcelOf(Message its_message) : message(std::move(its_message)) {}
  Message message;
};

template <class Message>
std::shared_ptr<BrokerParcel> parcel_of(Message message) {
  return std::make_shared<BrokerParcelOf<Message>>(std::move(message));
}

template <class Message>
const Message& read_message(const BrokerParcel& parcel) {
  return static_cast<const BrokerParcelOf<Message>&>(parcel).message;
}

/// The message, for one of those who share the parcel; the last one gets it without a copy.
template <class Message>
Message message_of(const std::shared_ptr<BrokerParcel>& parcel) {
  Message& message = static_cast<BrokerParcelOf<Message>&>(*parcel).message;
  if (parcel.use_count() == 1) return std::move(message);
  return message;
}

}  // namespace flnet::detail
