// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerHandler: batches, one after the other.
#include <flnet/broker_handler.hpp>

namespace flnet::detail {

void BrokerHandler::take(const std::shared_ptr<BrokerParcel>& parcel) {
  inbox_.push_back(parcel);
  if (std::exchange(busy_, true)) return;
  if (const auto its_core = core()) its_core->handler_busy();
}

void BrokerHandler::forget() {
  const BrokerParcels unread = std::exchange(inbox_, {});
}

void BrokerHandler::start() {
  if (working_ || inbox_.empty()) return;
  working_ = true;
  guarded([this] { work(); });
}

void BrokerHandler::answer(const BrokerParcels& batch, BrokerParcels answers) {
  if (const auto its_core = core()) its_core->answer(batch, std::move(answers), number());
}

void BrokerHandler::rest() {
  working_ = false;
  const auto its_core = core();
  if (!its_core || !busy_) return;
  if (!inbox_.empty()) {
    its_core->schedule();
  } else {
    busy_ = false;
    its_core->handler_rests();
  }
}

void BrokerHandler::left(BrokerCore& core) {
  forget();
  if (std::exchange(busy_, false)) core.handler_rests();
}

}  // namespace flnet::detail
