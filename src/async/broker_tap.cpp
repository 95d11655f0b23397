// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerTapQueue: what waits to be read, and who waits for it.
#include <flnet/broker_tap.hpp>

namespace flnet::detail {

void BrokerTapQueue::take(const std::shared_ptr<BrokerParcel>& parcel) {
  parcels_.push_back(parcel);
  receivers_.wake_one();
}

void BrokerTapQueue::forget() {
  closed_ = true;
  receivers_.wake_all();
}

std::shared_ptr<BrokerParcel> BrokerTapQueue::next() {
  if (parcels_.empty()) return nullptr;
  return parcels_.take_front();
}

void BrokerTapQueue::drop() {
  forget();
  const auto unread = std::exchange(parcels_, {});
}

}  // namespace flnet::detail
