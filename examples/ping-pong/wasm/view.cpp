// SPDX-License-Identifier: MIT OR Apache-2.0
// The events' JSON, written by hand: it is less than any library would add to the module.
#include "view.hpp"

#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

namespace ping_pong {
namespace {

/// A JSON object (RFC 8259) that grows field by field.
class Object {
 public:
  /// A text.
  Object& text(std::string_view name, std::string_view words) {
    begin(name);
    json_ += '"';
    for (const char byte : words) append_escaped(byte);
    json_ += '"';
    return *this;
  }
  /// What is JSON already.
  Object& json(std::string_view name, std::string_view value) {
    begin(name);
    json_ += value;
    return *this;
  }
  Object& number(std::string_view name, std::uint64_t number) { return json(name, std::to_string(number)); }
  std::string done() { return std::move(json_ += '}'); }

 private:
  void begin(std::string_view name) {
    json_ += json_.size() > 1 ? ",\"" : "\"";
    json_ += name;
    json_ += "\":";
  }
  void append_escaped(char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    if (value < 0x20) {
      json_ += "\\u00";
      json_ += digits[value >> 4];
      json_ += digits[value & 0xf];
    } else {
      if (byte == '"' || byte == '\\') json_ += '\\';
      json_ += byte;
    }
  }

  std::string json_ = "{";
};

Object event(std::string_view type) {
  Object object;
  object.text("type", type);
  return object;
}

std::string node(const Peer& peer) {
  Object object;
  object.text("id", peer.id.hex()).text("name", peer.name).text("state", to_string(peer.state));
  object.json("round_trip_ms", peer.round_trip ? milliseconds(*peer.round_trip) : "null");
  object.number("sent", peer.sent).number("received", peer.received).number("lost", peer.lost);
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(peer.linked_for.value_or(flnet::Duration::zero()));
  object.json("linked_s", peer.linked_for ? std::to_string(seconds.count()) : "null");
  return object.text("trouble", peer.trouble).done();
}

std::string message_event(const flnet::NodeID& id, std::string_view direction, Word word) {
  // The words are JSON strings already.
  return event("message")
      .text("id", id.hex())
      .text("direction", direction)
      .json("word", to_text(word))
      .done();
}

std::string told(const ToNetwork& message) {
  return message_event(message.to, "out", message.word);
}
std::string told(const FromNetwork& message) {
  return message_event(message.from, "in", message.word);
}
std::string told(const RoundTrip& message) {
  return event("round_trip").text("id", message.peer.hex()).json("ms", milliseconds(message.time)).done();
}
std::string told(const Lost& message) {
  std::string sentence = std::to_string(message.count);
  sentence.append(" to ").append(message.peer.short_hex()).append(" lost: ").append(message.reason);
  return event("log").text("level", "warn").text("text", sentence).done();
}
std::string told(const Signalling& message) {
  return status_event(message.reachable ? "connected" : "signalling_lost");
}
std::string told(const Peers& message) {
  std::string nodes = "[";
  for (const Peer& peer : message.peers) {
    if (nodes.size() > 1) nodes += ',';
    nodes += node(peer);
  }
  nodes += ']';
  return event("nodes").json("nodes", nodes).number("beyond", message.beyond).done();
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
  return event("self").text("id", own.id().hex()).text("name", own.name).done();
}

std::string status_event(std::string_view state, std::string_view detail) {
  return event("status").text("state", state).text("detail", detail).done();
}

std::optional<std::string> event_of(const PingPongMessage& message) {
  std::string json = std::visit([](const auto& each) { return told(each); }, message);
  if (json.empty()) return std::nullopt;
  return json;
}

}  // namespace ping_pong
