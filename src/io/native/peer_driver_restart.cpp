// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: ICE restarts, as either side asks for them, and the addresses that a machine has by then.
#include "io/native/peer_driver.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

}  // namespace

Result<> PeerDriver::restart() {
  if (stage_ == Stage::waiting) return failure(ErrorCode::not_connected, "the channel is not open yet");
  if (stage_ != Stage::open) return failure(ErrorCode::closed, "the session is closed");
  if (wants_restart_) return failure(ErrorCode::invalid_argument, "a restart is under way");
  if (auto can = connection_.can_restart(); !can) return can;
  wants_restart_ = true;
  command([this] {
    wants_restart_ = false;
    take_addresses();
    auto offer = connection_.restart(host_.now());
    if (!offer) return topic.debug("no restart: ", to_string(offer.error()));
    tell(Restarting{*std::move(offer)});
  });
  return {};
}

Result<> PeerDriver::accept_restart(std::string offer) {
  if (machine_over_ || stage_ == Stage::closing || stage_ == Stage::ended)
    return failure(ErrorCode::closed, "the session is closed");
  if (auto can = connection_.can_take_restart(offer); !can) return can;
  accept_offer(std::move(offer));
  return {};
}

void PeerDriver::take_addresses() {
  const NodeAddresses found = host_.find_addresses();
  // The lines to trickle are dropped: the description that follows has all candidates.
  for (const auto& address : found.local)
    static_cast<void>(connection_.add_local_address(address, host_.now()));
  for (const auto& address : found.reflexive)
    static_cast<void>(connection_.add_reflexive_address(address, host_.now()));
  for (const auto& address : found.relayed)
    static_cast<void>(connection_.add_relayed_address(address, host_.now()));
  if (found.gathering) connection_.resume_gathering();
}

void PeerDriver::drop_description(std::string_view what, const Error& why) {
  ++dropped_descriptions_;
  topic.debug(what, " dropped (", dropped_descriptions_, " by now): ", to_string(why));
}

}  // namespace flnet::io
