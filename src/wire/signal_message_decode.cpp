// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the words between nodes and signalling server, whoever wrote them.
#include "wire/json_text.hpp"
#include "wire/node_info_json.hpp"
#include "wire/signal_message.hpp"

#include <algorithm>
#include <limits>

namespace flnet::wire {
namespace {

constexpr std::size_t max_error_text_bytes = 1024;
constexpr std::size_t hex_signature_digits = 128;
/// SDP and candidates are as long as the message that carries them allows.
constexpr std::size_t any_length = max_server_message_bytes;

PeerMessage::Any peer_message(const JsonCursor& at) {
  const std::string_view name = at.variant_name();
  if (name == "Init") {
    at.expect_no_data();
    return PeerMessage::Init{};
  }
  if (name == "Offer") return PeerMessage::Offer{at.field(name).text(any_length)};
  if (name == "Answer") return PeerMessage::Answer{at.field(name).text(any_length)};
  if (name == "IceCandidate") return PeerMessage::IceCandidate{at.field(name).text(any_length)};
  at.fault("is an unknown variant");
  return PeerMessage::Init{};
}

PeerSetup peer_setup(const JsonCursor& at) {
  PeerSetup setup;
  setup.info.id_init = at.field("id_init").u256();
  setup.info.id_follow = at.field("id_follow").u256();
  setup.info.message = peer_message(at.field("message"));
  return setup;
}

Challenge challenge(const JsonCursor& at) {
  Challenge challenge;
  challenge.version = at.element(0).number(std::numeric_limits<std::uint64_t>::max());
  challenge.challenge = at.element(1).u256();
  at.elements(2);
  return challenge;
}

ListedNode listed_node(const JsonCursor& at) {
  ListedNode node = node_info_from_json(at);
  if (!at.has("NodeInfoV3")) return node;
  const JsonCursor fields = at.field("NodeInfoV3");
  if (fields.has("dialect") && fields.field("dialect").text(max_name_bytes) == "0.7") {
    node.dialect = Dialect::v0_7;
  }
  return node;
}

ListReply list_reply(const JsonCursor& at) {
  ListReply reply;
  const std::size_t entries = at.elements(any_length);
  const std::size_t read = std::min(entries, max_listed_nodes);
  reply.skipped = entries - read;
  reply.nodes.reserve(read);
  for (std::size_t i = 0; i < read; ++i) {
    JsonFault fault;
    const JsonCursor entry = at.element(i);
    ListedNode node = listed_node(entry.with_fault(fault));
    if (fault.noted()) {
      ++reply.skipped;
    } else {
      reply.nodes.push_back(std::move(node));
    }
  }
  return reply;
}

SystemConfig system_config(const JsonCursor& at) {
  const JsonCursor realm = at.field("system_realm");
  if (realm.is_null()) return {};
  return {realm.u256()};
}

/// 128 characters are 0.10's hex, everything else must be 0.7's base64. The form of the NodeInfo tells the
/// dialect; the signature only has to be readable.
Signature signature(const JsonCursor& at) {
  Signature signature{};
  if (at.text_size() == hex_signature_digits) {
    at.hex(signature);
  } else {
    at.base64(signature);
  }
  return signature;
}

Announce announce(const JsonCursor& at) {
  Announce announce;
  announce.version = at.field("version").number(std::numeric_limits<std::uint64_t>::max());
  announce.challenge = at.field("challenge").u256();
  ListedNode node = node_info_from_json(at.field("node_info"));
  announce.info = std::move(node.info);
  announce.dialect = node.dialect;
  announce.signature = signature(at.field("signature"));
  return announce;
}

NodeStats node_stats(const JsonCursor& at) {
  NodeStats stats;
  stats.stats.resize(at.elements(max_listed_nodes));
  for (std::size_t i = 0; i < stats.stats.size() && at.good(); ++i) {
    const JsonCursor entry = at.element(i);
    NodeStat& stat = stats.stats[i];
    stat.id = entry.field("id").u256();
    stat.version = entry.field("version").text(max_name_bytes);
    stat.ping_ms = entry.field("ping_ms").number_u32();
    stat.ping_rx = entry.field("ping_rx").number_u32();
  }
  return stats;
}

ServerMessage server_message(const JsonCursor& at) {
  const std::string_view name = at.only_key();
  if (name == "Challenge") return challenge(at.field(name));
  if (name == "ListIDsReply") return list_reply(at.field(name));
  if (name == "PeerSetup") return peer_setup(at.field(name));
  if (name == "SystemConfig") return system_config(at.field(name));
  if (name == "Error") return ServerError{at.field(name).text(max_error_text_bytes)};
  at.fault("an unknown variant");
  return ServerError{};
}

ClientMessage client_message(const JsonCursor& at) {
  const std::string_view name = at.variant_name();
  if (name == "ListIDsRequest") {
    at.expect_no_data();
    return ListRequest{};
  }
  if (name == "Announce") return announce(at.field(name));
  if (name == "PeerSetup") return peer_setup(at.field(name));
  if (name == "NodeStats") return node_stats(at.field(name));
  at.fault("an unknown variant");
  return ListRequest{};
}

template <class Message>
Result<Message> decode(std::string_view json, std::size_t max_bytes, Message (*read)(const JsonCursor&)) {
  const Result<TextTree> document = parse_json(json, max_bytes);
  if (!document) return failure(document.error());
  JsonFault fault;
  Message message = read(JsonCursor(*document, {}, fault));
  if (fault.noted()) return failure(fault.error());
  return message;
}

}  // namespace

Result<ServerMessage> decode_server_message(std::string_view json) {
  return decode(json, max_server_message_bytes, server_message);
}

Result<ClientMessage> decode_client_message(std::string_view json) {
  return decode(json, max_signal_message_bytes, client_message);
}

}  // namespace flnet::wire
