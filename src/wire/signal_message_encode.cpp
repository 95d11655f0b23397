// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes the words between nodes and signalling server as serde's JSON.
#include "base/encoding.hpp"
#include "wire/json_writer.hpp"
#include "wire/node_info_json.hpp"
#include "wire/signal_message.hpp"

namespace flnet::wire {
namespace {

/// serde's form of a variant with data is an object with one field.
struct PeerMessageWriter {
  JsonWriter& json;

  void operator()(const PeerMessage::Init& /*init*/) const { json.text("Init"); }
  void operator()(const PeerMessage::Offer& offer) const { write("Offer", offer.sdp); }
  void operator()(const PeerMessage::Answer& answer) const { write("Answer", answer.sdp); }
  void operator()(const PeerMessage::IceCandidate& candidate) const { write("IceCandidate", candidate.line); }

 private:
  void write(std::string_view name, std::string_view data) const {
    json.open_object().field(name).text(data).close_object();
  }
};

void write_peer_setup(JsonWriter& json, const PeerSetup& setup) {
  json.field("PeerSetup").open_object();
  json.field("id_init").text(setup.info.id_init.hex()).field("id_follow").text(setup.info.id_follow.hex());
  json.field("message");
  std::visit(PeerMessageWriter{json}, setup.info.message);
  json.close_object();
}

/// Each writes the one field of the message's object.
struct ServerMessageWriter {
  JsonWriter& json;
  Dialect dialect;

  void operator()(const Challenge& challenge) const {
    json.field("Challenge").open_array();
    json.number(challenge.version).text(challenge.challenge.hex()).close_array();
  }
  void operator()(const ListReply& reply) const {
    json.field("ListIDsReply").open_array();
    for (const ListedNode& node : reply.nodes) write_node_info(json, node.info, dialect, node.dialect);
    json.close_array();
  }
  void operator()(const PeerSetup& setup) const { write_peer_setup(json, setup); }
  void operator()(const SystemConfig& config) const {
    json.field("SystemConfig").open_object().field("system_realm");
    if (config.realm) {
      json.text(config.realm->hex());
    } else {
      json.null();
    }
    json.close_object();
  }
  void operator()(const ServerError& error) const { json.field("Error").text(error.text); }
};

/// The same but for ListRequest, which has no data and is a bare string.
struct ClientMessageWriter {
  JsonWriter& json;

  void operator()(const Announce& announce) const {
    json.field("Announce").open_object();
    json.field("version").number(announce.version).field("challenge").text(announce.challenge.hex());
    json.field("node_info");
    write_node_info(json, announce.info, announce.dialect, announce.dialect);
    const bool is_older = announce.dialect == Dialect::v0_7;
    json.field("signature")
        .text(is_older ? base64_encode(announce.signature) : hex_encode(announce.signature));
    json.close_object();
  }
  void operator()(const ListRequest& /*request*/) const {}
  void operator()(const PeerSetup& setup) const { write_peer_setup(json, setup); }
  void operator()(const NodeStats& stats) const {
    json.field("NodeStats").open_array();
    for (const NodeStat& stat : stats.stats) {
      json.open_object().field("id").text(stat.id.hex()).field("version").text(stat.version);
      json.field("ping_ms").number(stat.ping_ms).field("ping_rx").number(stat.ping_rx).close_object();
    }
    json.close_array();
  }
};

}  // namespace

std::string encode(const ServerMessage& message, Dialect dialect) {
  JsonWriter json;
  json.open_object();
  std::visit(ServerMessageWriter{json, dialect}, message);
  return json.close_object().take();
}

std::string encode(const ClientMessage& message) {
  JsonWriter json;
  if (std::holds_alternative<ListRequest>(message)) return json.text("ListIDsRequest").take();
  json.open_object();
  std::visit(ClientMessageWriter{json}, message);
  return json.close_object().take();
}

std::string encode_list_entry(const ListedNode& node, Dialect dialect) {
  JsonWriter json;
  write_node_info(json, node.info, dialect, node.dialect);
  return json.take();
}

std::string encode_list(std::span<const std::string_view> entries) {
  constexpr std::string_view head = R"({"ListIDsReply":[)";
  constexpr std::string_view tail = "]}";
  std::size_t size = head.size() + tail.size();
  for (const std::string_view entry : entries) size += entry.size() + 1;
  std::string text;
  text.reserve(size);
  text += head;
  for (const std::string_view entry : entries) {
    if (text.size() > head.size()) text += ',';
    text += entry;
  }
  text += tail;
  return text;
}

}  // namespace flnet::wire
