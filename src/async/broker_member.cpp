// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerMember: how a subsystem leaves its broker, whichever of them goes first.
#include <flnet/broker_member.hpp>

#include <flnet/broker_core.hpp>

#include <algorithm>
#include <utility>

namespace flnet::detail {

BrokerMember::BrokerMember(BrokerCore& core, BrokerKind kind)
    : core_(core.weak_from_this()), loop_(core.loop()), number_(core.next_number()), kind_(kind) {}

void BrokerMember::detach() {
  if (std::exchange(removed_, true)) return;
  const std::shared_ptr<BrokerCore> core = core_.lock();
  if (!core) return;
  left(*core);
  core->remove(*this);
}

void BrokerMembers::remove(const BrokerMember& member) {
  if (walking_) {
    holes_ = true;
    return;
  }
  // Freed after the list is whole again: its destructor may come back to us.
  const auto found = std::ranges::find(members_, &member, &std::shared_ptr<BrokerMember>::get);
  const std::shared_ptr<BrokerMember> freed = std::move(*found);
  members_.erase(found);
}

void BrokerMembers::sweep() {
  holes_ = false;
  // Freed after the list is whole again: their destructors may come back to us.
  std::vector<std::shared_ptr<BrokerMember>> kept, freed;
  for (auto& member : members_) (member->removed() ? freed : kept).push_back(std::move(member));
  members_ = std::move(kept);
}

}  // namespace flnet::detail
