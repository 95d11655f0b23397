// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerCore: takes messages in, and carries each to those who want it.
#include <flnet/broker_core.hpp>

#include <optional>
#include <utility>

namespace flnet::detail {
namespace {

/// Other callbacks of the loop get their turn after so many messages.
constexpr int messages_per_call = 256;

}  // namespace

BrokerCore::~BrokerCore() {
  for (const BrokerKind kind : {BrokerKind::tap, BrokerKind::handler})
    members(kind).for_each([](BrokerMember& member) { member.forget(); });
  ledger()->senders().wake_all();
}

Result<> BrokerCore::room() {
  if (ledger()->has_room()) return {};
  ++counters().refused;
  return failure(ErrorCode::queue_full, "too many messages of this broker are unread");
}

void BrokerCore::emit(std::shared_ptr<BrokerParcel> parcel, Destination to) {
  parcel->to = to;
  parcel->place = BrokerPlace(ledger());
  enqueue(std::move(parcel));
}

void BrokerCore::forward(std::shared_ptr<BrokerParcel> parcel, BrokerTrail trail, BrokerPlace place) {
  parcel->trail = std::move(trail);
  parcel->place = std::move(place);
  enqueue(std::move(parcel));
}

void BrokerCore::answer(const BrokerParcels& batch, BrokerParcels answers, std::uint64_t handler) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    std::optional<BrokerPlace> place = batch[i * batch.size() / answers.size()]->place.another();
    if (place) {
      answers[i]->from = handler;
      answers[i]->place = std::move(*place);
      enqueue(std::move(answers[i]));
    } else {
      note_overrun();
    }
  }
}

void BrokerCore::add(std::shared_ptr<BrokerMember> member) {
  members(member->kind()).add(std::move(member));
}

void BrokerCore::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  next_call_ = loop().soon([this] { process(); });
}

void BrokerCore::handler_rests() {
  --busy_handlers_;
  note_idle();
}

void BrokerCore::enqueue(std::shared_ptr<BrokerParcel> parcel) {
  parcel->number = next_number();
  queue_.push_back(std::move(parcel));
  schedule();
}

void BrokerCore::process() {
  // Whom we call may drop the last handle of this broker.
  const auto self = shared_from_this();
  scheduled_ = false;
  processing_ = true;
  for (int i = 0; i < messages_per_call && !queue_.empty() && self.use_count() > 1; ++i) {
    const std::shared_ptr<BrokerParcel> parcel = std::move(queue_.front());
    queue_.pop_front();
    deliver(parcel);
  }
  members(BrokerKind::handler).for_each([&](BrokerMember& handler) {
    if (self.use_count() > 1) handler.start();
  });
  processing_ = false;
  if (!queue_.empty()) schedule();
  note_idle();
}

void BrokerCore::deliver(const std::shared_ptr<BrokerParcel>& parcel) {
  const Destination to = parcel->to;
  if (to != Destination::Handled && translate(*parcel)) return;
  if (to == Destination::Forwarded) {
    ++counters().unclaimed;
    return;
  }
  for (const BrokerKind kind : {BrokerKind::tap, BrokerKind::callback, BrokerKind::handler}) {
    if (kind == BrokerKind::tap && to == Destination::NoTap) continue;
    members(kind).for_each([&](BrokerMember& member) {
      if (member.may_have(*parcel)) member.take(parcel);
    });
  }
}

/// To all who want it; true consumes it.
bool BrokerCore::translate(const BrokerParcel& parcel) {
  bool wanted = false;
  members(BrokerKind::translator).for_each([&](BrokerMember& translator) {
    if (translator.may_have(parcel) && translator.translate(parcel, *this)) wanted = true;
  });
  return wanted;
}

}  // namespace flnet::detail
