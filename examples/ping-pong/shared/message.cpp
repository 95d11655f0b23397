// SPDX-License-Identifier: MIT OR Apache-2.0
// The two words' text, and replies of a node as messages of ping-pong.
#include "message.hpp"

namespace ping_pong {
namespace {

using flnet::NetReply;
using Heard = std::optional<PingPongMessage>;

/// JSON allows blanks around a value (RFC 8259 §2).
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Heard translated(const NetReply::RcvNodeMessage& reply) {
  const auto word = word_of(reply.message);
  if (!word) return std::nullopt;
  return FromNetwork{reply.from, *word};
}
Heard translated(const NetReply::RcvWSUpdateList& reply) {
  return List{reply.nodes};
}
Heard translated(const NetReply::ConnectionState&) {
  return std::nullopt;
}
Heard translated(const NetReply::Connected& reply) {
  return Linked{reply.peer};
}
Heard translated(const NetReply::Disconnected& reply) {
  return Unlinked{reply.peer, reply.reason.detail};
}
Heard translated(const NetReply::MessagesLost& reply) {
  return Lost{reply.peer, reply.count, reply.reason.detail};
}

}  // namespace

std::string_view to_text(Word word) {
  return word == Word::ping ? R"("Ping")" : R"("Pong")";
}

std::optional<Word> word_of(const flnet::Message& message) {
  if (message.kind != flnet::MessageKind::text) return std::nullopt;
  const std::string_view text = trimmed(message.text());
  if (text == to_text(Word::ping)) return Word::ping;
  if (text == to_text(Word::pong)) return Word::pong;
  return std::nullopt;
}

std::optional<PingPongMessage> heard(const NetReply::Any& reply) {
  return std::visit([](const auto& each) { return translated(each); }, reply);
}

}  // namespace ping_pong
