// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and writes NodeInfo in the forms of both dialects.
#include "wire/node_info_json.hpp"

#include "base/encoding.hpp"
#include "base/numbers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

namespace flnet::wire {
namespace {

using ModuleName = std::pair<std::string_view, Module>;
constexpr std::array<ModuleName, 8> module_names{{
    {"STAT", Module::stat},
    {"RAND", Module::random},
    {"GOSSIP", Module::gossip},
    {"PING", Module::ping},
    {"WEBPROXY", Module::webproxy},
    {"WEBPROXY_REQUESTS", Module::webproxy_requests},
    {"DHT_ROUTER", Module::dht_router},
    {"DHT_STORAGE", Module::dht_storage},
}};
constexpr std::size_t older_module_names = 6;  ///< The first of them, with this before each:
constexpr std::string_view older_prefix = "ENABLE_";
constexpr std::string_view separator = " | ";
constexpr std::size_t max_modules_bytes = 1024;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// One name or 0x…; nothing for what is neither.
std::optional<Modules> module_bits(std::string_view word) {
  if (word.starts_with(older_prefix)) word.remove_prefix(older_prefix.size());
  const auto known = std::ranges::find(module_names, word, [](const auto& entry) { return entry.first; });
  if (known != module_names.end()) return std::to_underlying(known->second);
  if (word.starts_with("0x")) {
    return read_number(word.substr(2), 16, std::numeric_limits<Modules>::max());
  }
  const bool could_be_a_name = !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (could_be_a_name) return Modules{0};
  return std::nullopt;
}

NodeInfo names_from_json(const JsonCursor& at) {
  NodeInfo info;
  info.name = at.field("name").text(max_name_bytes);
  info.client = at.field("client").text(max_name_bytes);
  return info;
}

NodeInfo base64_info_from_json(const JsonCursor& at) {
  NodeInfo info = names_from_json(at);
  std::array<std::uint8_t, U256::size> key{};
  at.field("pubkey").base64(key);
  info.public_key = U256(key);
  return info;
}

NodeInfo v3_from_json(const JsonCursor& at) {
  NodeInfo info = names_from_json(at);
  info.public_key = at.field("pubkey").u256();
  info.modules = modules_from_text(at.field("modules"));
  return info;
}

std::string modules_as_text(Modules modules, std::span<const ModuleName> names, std::string_view prefix) {
  std::string text;
  const auto append = [&text](std::string_view before, std::string_view word) {
    if (!text.empty()) text += separator;
    text.append(before).append(word);
  };
  for (const auto& [name, module] : names) {
    const Modules bit = std::to_underlying(module);
    if ((modules & bit) != 0) append(prefix, name);
    modules &= ~bit;
  }
  if (modules != 0) {
    append("0x", hex_number(modules));
  }
  return text;
}

}  // namespace

std::string modules_to_text(Modules modules) {
  return modules_as_text(modules, module_names, {});
}

std::string modules_to_older_text(Modules modules) {
  return modules_as_text(modules, std::span(module_names).first(older_module_names), older_prefix);
}

Modules modules_from_text(const JsonCursor& at) {
  const std::string text = at.text(max_modules_bytes);
  std::string_view rest = text;
  if (trimmed(rest).empty()) return 0;
  Modules modules = 0;
  while (true) {
    const std::size_t bar = rest.find('|');
    const auto bits = module_bits(trimmed(rest.substr(0, bar)));
    if (!bits) {
      at.fault("must be names of modules with | between them");
      return 0;
    }
    modules |= *bits;
    if (bar == std::string_view::npos) return modules;
    rest.remove_prefix(bar + 1);
  }
}

void write_older_node_info(JsonWriter& json, const NodeInfo& info) {
  json.field("name").text(info.name).field("client").text(info.client);
  json.field("pubkey").text(base64_encode(info.public_key.bytes()));
}

void write_node_info(JsonWriter& json, const NodeInfo& info, Dialect shape, Dialect spoken) {
  json.open_object();
  if (shape == Dialect::v0_7) {
    write_older_node_info(json, info);
  } else {
    json.field("NodeInfoV3").open_object();
    json.field("name").text(info.name).field("client").text(info.client);
    json.field("pubkey").text(info.public_key.hex()).field("modules").text(modules_to_text(info.modules));
    if (spoken == Dialect::v0_7) json.field("dialect").text("0.7");
    json.close_object();
  }
  json.close_object();
}

ListedNode node_info_from_json(const JsonCursor& at) {
  if (at.has("name")) return {base64_info_from_json(at), Dialect::v0_7};
  const std::string_view form = at.only_key();
  if (form == "NodeInfoV3") return {v3_from_json(at.field(form)), Dialect::v0_10};
  if (form == "NodeInfoV2") return {base64_info_from_json(at.field(form)), Dialect::v0_10};
  at.fault("is no NodeInfo");
  return {};
}

}  // namespace flnet::wire
