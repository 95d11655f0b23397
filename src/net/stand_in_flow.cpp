// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSession: messages, windows and acknowledgements.
#include "base/encoding.hpp"
#include "net/stand_in_session.hpp"

#include <algorithm>
#include <utility>

namespace flnet::net {

// Out.

Result<> StandInSession::send(MessageView message) {
  if (stage_ < Stage::open) return failure(ErrorCode::not_connected, "the channel is not open yet");
  if (stage_ > Stage::open) return failure(ErrorCode::closed, "the session is closed");
  if (message.kind == MessageKind::text && !is_utf8(message.text()))
    return failure(ErrorCode::invalid_argument, "the text is not UTF-8");
  if (message.bytes.size() > world_.config.max_message_bytes)
    return failure(ErrorCode::too_large, "longer than the peer takes");
  if (buffered_ + message.bytes.size() + message_overhead > world_.config.send_buffer_bytes) {
    wants_writable_ = true;
    return failure(ErrorCode::queue_full, "the send buffer is full");
  }
  queue_.push_back(Message::copy(message));
  buffered_ += charge(queue_.back());
  tx_bytes_ += message.bytes.size();
  ++world_.counters.messages_sent;
  flush();
  return {};
}

std::size_t StandInSession::window() const {
  return world_.config.receive_window_bytes - std::min(world_.config.receive_window_bytes, peer_held_);
}

/// The last message may reach beyond the window: one that is larger than it has to go, too.
void StandInSession::flush() {
  while (!queue_.empty() && sent_ - acknowledged_ < window()) {
    sent_ += charge(queue_.front());
    if (!probe_) {
      probe_ = sent_;
      asked_at_ = world_.loop.now();
    }
    const std::size_t bytes = queue_.front().bytes.size();
    to_peer([message = std::move(queue_.front())](StandInSession& peer) { peer.take_message(message); },
            bytes);
    queue_.pop_front();
  }
}

void StandInSession::take(Acknowledgement acknowledgement) {
  if (stage_ != Stage::open && stage_ != Stage::closing) return;
  buffered_ -= static_cast<std::size_t>(acknowledgement.received - acknowledged_);
  acknowledged_ = acknowledgement.received;
  peer_held_ = acknowledgement.held;
  if (probe_ && *probe_ <= acknowledged_) {
    round_trip_ = world_.loop.now() - asked_at_;
    probe_.reset();
  }
  flush();
  if (stage_ == Stage::closing) {
    finish_if_drained();
  } else if (wants_writable_ &&
             buffered_ <= std::min(low_threshold_bytes, world_.config.send_buffer_bytes / 2)) {
    wants_writable_ = false;
    sink_->session_writable();
  }
}

// In.

void StandInSession::take_message(const Message& message) {
  if (stage_ != Stage::open && stage_ != Stage::closing) return;
  received_ += charge(message);
  rx_bytes_ += message.bytes.size();
  ++world_.counters.messages_delivered;
  world_.counters.bytes_delivered += message.bytes.size();
  acknowledge();
  sink_->session_received(message.view());
}

void StandInSession::set_held_bytes(std::size_t bytes) {
  held_ = bytes;
  if (stage_ == Stage::open || stage_ == Stage::closing) acknowledge();
}

void StandInSession::acknowledge() {
  if (std::exchange(acknowledgement_wanted_, true) || acknowledgement_under_way_) return;
  acknowledging_ = world_.loop.soon([this] { send_acknowledgement(); });
}

void StandInSession::send_acknowledgement() {
  acknowledgement_wanted_ = false;
  acknowledgement_under_way_ = true;
  to_peer([&world = world_, from = id_, word = Acknowledgement{received_, held_}](StandInSession& peer) {
    if (StandInSession* sender = world.end(from)) {
      sender->acknowledgement_under_way_ = false;
      if (std::exchange(sender->acknowledgement_wanted_, false)) sender->acknowledge();
    }
    peer.take(word);
  });
}

}  // namespace flnet::net
