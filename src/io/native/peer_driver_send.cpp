// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: messages on their way to the machine, and what was asked for while it was on the stack.
#include "io/native/peer_driver.hpp"

#include <utility>

namespace flnet::io {

Result<> PeerDriver::send(MessageView message) {
  return send(std::nullopt, message);
}

Result<> PeerDriver::send(std::optional<ChannelNumber> number, MessageView message) {
  if (stage_ == Stage::waiting) return failure(ErrorCode::not_connected, "the channel is not open yet");
  if (stage_ != Stage::open) return failure(ErrorCode::closed, "the session is closed");
  if (in_machine_) return send_nested(number, message);
  Result<> sent = nested_.empty() ? Result<>{} : failure(ErrorCode::queue_full, "earlier messages wait");
  if (sent) {
    command([&] { sent = pass_on(number, message); });
  }
  if (!sent && sent.error().code == ErrorCode::queue_full) wants_writable_ = true;
  return sent;
}

Result<> PeerDriver::pass_on(std::optional<ChannelNumber> number, MessageView message) {
  auto sent = connection_.send(number ? id_of(*number) : *channel_, message, host_.now());
  if (sent) tx_bytes_ += message.bytes.size();
  return sent;
}

Result<> PeerDriver::send_nested(std::optional<ChannelNumber> number, MessageView message) {
  const std::size_t bytes = message.bytes.size();
  if (bytes > nested_message_limit_bytes || nested_bytes_ + bytes > nested_limit_bytes) {
    wants_writable_ = has_room_ = true;  // `settle` tells of it as soon as these are passed on.
    return failure(ErrorCode::queue_full, "a message is being delivered");
  }
  nested_.push_back({number, Message::copy(message)});
  nested_bytes_ += bytes;
  return {};
}

void PeerDriver::set_held_bytes(std::size_t bytes) {
  if (machine_over_) return;
  command([this, bytes] { connection_.set_held_bytes(bytes, host_.now()); });
}

std::size_t PeerDriver::buffered_bytes() const {
  return connection_.buffered_bytes() + nested_bytes_;
}

void PeerDriver::settle() {
  const bool all_passed_on = pass_on_nested();
  while (!later_.empty() && !machine_over_) {
    const auto calls = std::exchange(later_, {});
    in_machine_ = true;
    for (const auto& call : calls) call();
    in_machine_ = false;
  }
  if (machine_over_ || !all_passed_on) return;
  if (std::exchange(has_room_, false) && std::exchange(wants_writable_, false)) tell(Writable{});
  if (!std::exchange(wants_shutdown_, false)) return;
  in_machine_ = true;
  connection_.shutdown(host_.now());
  in_machine_ = false;
}

bool PeerDriver::pass_on_nested() {
  while (!nested_.empty() && !machine_over_) {
    in_machine_ = true;
    const Nested& first = nested_.front();
    const auto sent = pass_on(first.channel, first.message.view());
    in_machine_ = false;
    if (!sent && sent.error().code == ErrorCode::queue_full) return false;
    // It was accepted, so it may not get lost silently. On another channel its end has been told.
    if (!sent && !first.channel) end(sent.error());
    nested_bytes_ -= first.message.bytes.size();
    nested_.pop_front();
  }
  return true;
}

}  // namespace flnet::io
