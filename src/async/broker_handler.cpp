// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerHandler: batches, one after the other.
#include <flnet/broker_handler.hpp>

namespace flnet::detail {

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

}  // namespace flnet::detail
