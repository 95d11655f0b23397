// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerTranslator: to which brokers a message may still go, and how it goes there.
#include <flnet/broker_link.hpp>

#include <algorithm>
#include <cassert>

namespace flnet::detail {

BrokerTranslator::BrokerTranslator(BrokerCore& core, BrokerCore& other)
    : BrokerMember(core, BrokerKind::translator), other_id_(other.id()), other_(other.weak_from_this()) {
  assert(&core.loop() == &other.loop());
  core.add_neighbour(other.shared_from_this());
  other.add_neighbour(core.shared_from_this());
}

bool BrokerTranslator::pass_on(const BrokerParcel& parcel, const BrokerNode& here) {
  const bool has_been_there =
      other_id_ == here.id() || std::ranges::find(parcel.trail, other_id_) != parcel.trail.end();
  if (has_been_there || other_.expired()) return false;
  std::shared_ptr<BrokerParcel> message = guarded([&] { return translated(parcel); });
  // The function may have ended the other broker.
  const std::shared_ptr<BrokerCore> other = other_.lock();
  if (!message || !other) return false;
  if (std::optional<BrokerPlace> place = parcel.place.another()) {
    BrokerTrail trail = parcel.trail;
    trail.push_back(here.id());
    other->forward(std::move(message), std::move(trail), std::move(*place));
  } else {
    other->note_overrun();
  }
  return true;
}

void BrokerLink::remove() {
  forth_->remove();
  back_->remove();
}

void BrokerLink::remove_soon() {
  forth_->remove_soon();
  back_->remove_soon();
}

}  // namespace flnet::detail
