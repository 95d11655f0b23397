// SPDX-License-Identifier: MIT OR Apache-2.0
// SessionPayload: raw for all but peers that read packets; a message of packets leaves whole or not at all.
#include "net/session_payload.hpp"

#include <array>
#include <utility>

namespace flnet::net {

using protocol::PayloadDialect;

void SessionPayload::set_dialect(PayloadDialect dialect) {
  dialect_ = dialect;
  if (dialect == PayloadDialect::packets && !packets_) packets_ = std::make_unique<wire::PacketReader>();
}

Result<> SessionPayload::send(MessageView message) {
  if (blocked()) return failure(ErrorCode::queue_full, "earlier messages wait");
  if (dialect_ == PayloadDialect::flnet) return session_.send(message);
  if (auto taken = takes(dialect_, message.kind); !taken) return taken;
  if (dialect_ == PayloadDialect::text) return session_.send(message);
  return send_packets(message.text());
}

Result<> SessionPayload::hold(Message message) {
  if (auto taken = takes(dialect_, message.kind); !taken) return taken;
  if (dialect_ == PayloadDialect::packets) return hold_packets(message.text());
  held_back_.push_back({std::move(message)});
  return {};
}

std::vector<Error> SessionPayload::flush() {
  std::vector<Error> refused;
  while (blocked()) {
    auto sent = session_.send(held_back_.front().message.view());
    if (sent) {
      held_back_.pop_front();
    } else if (sent.error().code == ErrorCode::queue_full) {
      break;
    } else {
      refused.push_back(std::move(sent.error()));
      drop_message();
    }
  }
  return refused;
}

Result<> SessionPayload::hold_packets(std::string_view text) {
  std::array<std::uint8_t, U256::size> id{};
  random_.fill(id);
  auto written = wire::encode_packets(text, U256(id), [this](std::string_view packet) {
    held_back_.push_back({Message::from_text(packet), false});
  });
  if (written) held_back_.back().ends_message = true;
  return written;
}

/// Nothing is held back: the first packet decides whether the text is taken.
Result<> SessionPayload::send_packets(std::string_view text) {
  if (auto held = hold_packets(text); !held) return held;
  if (auto first = session_.send(held_back_.front().message.view()); !first) {
    held_back_.clear();
    return first;
  }
  held_back_.pop_front();
  auto refused = flush();
  if (!refused.empty()) return failure(std::move(refused.front()));
  return {};
}

void SessionPayload::drop_message() {
  while (!held_back_.front().ends_message) held_back_.pop_front();
  held_back_.pop_front();
}

Result<std::optional<MessageView>> SessionPayload::read(MessageView received) {
  if (dialect_ != PayloadDialect::packets) return received;
  Result<std::optional<std::string>> text = failure(ErrorCode::invalid_message, "a packet must be text");
  if (received.kind == MessageKind::text) text = packets_->read(received.text());
  if (!text) {
    ++dropped_;
    return failure(std::move(text.error()));
  }
  if (!*text) return std::nullopt;
  text_ = std::move(**text);
  return MessageView{MessageKind::text, as_bytes(text_)};
}

}  // namespace flnet::net
