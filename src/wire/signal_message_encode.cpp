// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes the words between nodes and signalling server as serde's JSON.
#include "base/encoding.hpp"
#include "wire/node_info_json.hpp"
#include "wire/signal_message.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace flnet::wire {
namespace {

/// serde's form of a variant with data: an object with one field.
Json variant(const char* name, Json data) {
  Json object = Json::object();
  object[name] = std::move(data);
  return object;
}

struct PeerMessageWriter {
  Json operator()(const PeerMessage::Init& /*init*/) const { return "Init"; }
  Json operator()(const PeerMessage::Offer& offer) const { return variant("Offer", offer.sdp); }
  Json operator()(const PeerMessage::Answer& answer) const { return variant("Answer", answer.sdp); }
  Json operator()(const PeerMessage::IceCandidate& candidate) const {
    return variant("IceCandidate", candidate.line);
  }
};

Json peer_setup(const PeerSetup& setup) {
  Json info = Json::object();
  info["id_init"] = setup.info.id_init.hex();
  info["id_follow"] = setup.info.id_follow.hex();
  info["message"] = std::visit(PeerMessageWriter{}, setup.info.message);
  return variant("PeerSetup", std::move(info));
}

Json listed_node(const ListedNode& node, Dialect shape) {
  Json entry = node_info_to_json(node.info, shape);
  if (shape == Dialect::v0_10 && node.dialect == Dialect::v0_7) entry["NodeInfoV3"]["dialect"] = "0.7";
  return entry;
}

struct ServerMessageWriter {
  Dialect dialect;

  Json operator()(const Challenge& challenge) const {
    return variant("Challenge", Json::array({challenge.version, challenge.challenge.hex()}));
  }
  Json operator()(const ListReply& reply) const {
    Json nodes = Json::array();
    for (const ListedNode& node : reply.nodes) nodes.push_back(listed_node(node, dialect));
    return variant("ListIDsReply", std::move(nodes));
  }
  Json operator()(const PeerSetup& setup) const { return peer_setup(setup); }
  Json operator()(const SystemConfig& config) const {
    return variant("SystemConfig",
                   variant("system_realm", config.realm ? Json(config.realm->hex()) : Json(nullptr)));
  }
  Json operator()(const ServerError& error) const { return variant("Error", error.text); }
};

struct ClientMessageWriter {
  Json operator()(const Announce& announce) const {
    Json fields = Json::object();
    fields["version"] = announce.version;
    fields["challenge"] = announce.challenge.hex();
    fields["node_info"] = node_info_to_json(announce.info, announce.dialect);
    fields["signature"] = announce.dialect == Dialect::v0_7 ? base64_encode(announce.signature)
                                                            : hex_encode(announce.signature);
    return variant("Announce", std::move(fields));
  }
  Json operator()(const ListRequest& /*request*/) const { return "ListIDsRequest"; }
  Json operator()(const PeerSetup& setup) const { return peer_setup(setup); }
  Json operator()(const NodeStats& stats) const {
    Json list = Json::array();
    for (const NodeStat& stat : stats.stats) {
      Json fields = Json::object();
      fields["id"] = stat.id.hex();
      fields["version"] = stat.version;
      fields["ping_ms"] = stat.ping_ms;
      fields["ping_rx"] = stat.ping_rx;
      list.push_back(std::move(fields));
    }
    return variant("NodeStats", std::move(list));
  }
};

}  // namespace

std::string encode(const ServerMessage& message, Dialect dialect) {
  return write_json(std::visit(ServerMessageWriter{dialect}, message));
}

std::string encode(const ClientMessage& message) {
  return write_json(std::visit(ClientMessageWriter{}, message));
}

std::string encode_list_entry(const ListedNode& node, Dialect dialect) {
  return write_json(listed_node(node, dialect));
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
