// SPDX-License-Identifier: MIT OR Apache-2.0
// The events' JSON, written by hand: it is less than any library would add to the module.
#include "view.hpp"

#include <chrono>
#include <variant>

namespace ping_pong {
namespace {

/// A JSON string (RFC 8259 §7).
std::string text(std::string_view words) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string json = "\"";
  for (const char byte : words) {
    const auto value = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += byte;
    } else if (value < 0x20) {
      json += "\\u00";
      json += digits[value >> 4];
      json += digits[value & 0xf];
    } else {
      json += byte;
    }
  }
  return json + '"';
}

std::string field(std::string_view name, const std::string& value) {
  return ',' + text(name) + ':' + value;
}

std::string event(std::string_view type, const std::string& fields) {
  return R"({"type":)" + text(type) + fields + '}';
}

std::string node(const Peer& peer) {
  std::string json = R"({"id":)" + text(peer.id.hex());
  json += field("name", text(peer.name));
  json += field("state", text(to_string(peer.state)));
  json += field("round_trip_ms", peer.round_trip ? milliseconds(*peer.round_trip) : "null");
  json += field("sent", std::to_string(peer.sent));
  json += field("received", std::to_string(peer.received));
  json += field("lost", std::to_string(peer.lost));
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(peer.linked_for.value_or(flnet::Duration::zero()));
  json += field("linked_s", peer.linked_for ? std::to_string(seconds.count()) : "null");
  json += field("trouble", text(peer.trouble));
  return json + '}';
}

std::string message_event(const flnet::NodeID& id, std::string_view direction, Word word) {
  // The words are JSON strings already.
  return event("message", field("id", text(id.hex())) + field("direction", text(direction)) +
                              field("word", std::string(to_text(word))));
}

std::string told(const ToNetwork& message) {
  return message_event(message.to, "out", message.word);
}
std::string told(const FromNetwork& message) {
  return message_event(message.from, "in", message.word);
}
std::string told(const RoundTrip& message) {
  return event("round_trip", field("id", text(message.peer.hex())) + field("ms", milliseconds(message.time)));
}
std::string told(const Lost& message) {
  const std::string sentence =
      std::to_string(message.count) + " to " + message.peer.short_hex() + " lost: " + message.reason;
  return event("log", field("level", text("warn")) + field("text", text(sentence)));
}
std::string told(const Signalling& message) {
  return status_event(message.reachable ? "connected" : "signalling_lost");
}
std::string told(const Peers& message) {
  std::string nodes;
  for (const Peer& peer : message.peers) nodes += (nodes.empty() ? "" : ",") + node(peer);
  return event("nodes", field("nodes", '[' + nodes + ']') + field("beyond", std::to_string(message.beyond)));
}
// Linked and Unlinked show in Peers.
std::string told(const List&) {
  return {};
}
std::string told(const AskList&) {
  return {};
}
std::string told(const Tick&) {
  return {};
}
std::string told(const Linked&) {
  return {};
}
std::string told(const Unlinked&) {
  return {};
}

}  // namespace

std::string self_event(const flnet::NodeInfo& own) {
  return event("self", field("id", text(own.id().hex())) + field("name", text(own.name)));
}

std::string status_event(std::string_view state, std::string_view detail) {
  return event("status", field("state", text(state)) + field("detail", text(detail)));
}

std::optional<std::string> event_of(const PingPongMessage& message) {
  std::string json = std::visit([](const auto& each) { return told(each); }, message);
  if (json.empty()) return std::nullopt;
  return json;
}

}  // namespace ping_pong
