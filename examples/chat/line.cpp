// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines as JSON; every byte of it may be hostile.
#include "line.hpp"

#include "chat_words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace chat {
namespace {

using flnet::ErrorCode;
using flnet::failure;
using nlohmann::json;

constexpr const char* version_key = "flnet_chat";
constexpr int version = 1;
/// In the order of Line::Kind.
constexpr std::array<const char*, 3> kinds = {"say", "tell", "name"};

const std::string* text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

std::optional<Line::Kind> kind_at(const json& object) {
  const std::string* name = text_at(object, "kind");
  for (std::size_t i = 0; name != nullptr && i < kinds.size(); ++i)
    if (*name == kinds[i]) return static_cast<Line::Kind>(i);
  return std::nullopt;
}

}  // namespace

std::string to_json(const Line& line) {
  json object = {
      {version_key, version}, {"kind", kinds[static_cast<std::size_t>(line.kind)]}, {"name", line.name}};
  if (line.kind != Line::Kind::name) object["text"] = line.text;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

flnet::Result<Line> line_from_json(std::string_view text) {
  if (text.size() > Limits::wire_bytes) return failure(ErrorCode::too_large, "a chat's message is shorter");
  const json object = json::parse(text, nullptr, false);
  const auto* spoken = object.is_object() && object.contains(version_key)
                           ? object[version_key].get_ptr<const json::number_integer_t*>()
                           : nullptr;
  if (spoken == nullptr) return failure(ErrorCode::invalid_message, "no chat speaks so");
  if (*spoken != version) return failure(ErrorCode::unsupported, "another version of this chat");
  const auto kind = kind_at(object);
  if (!kind) return failure(ErrorCode::unsupported, "a kind that this version doesn't know");
  const std::string* name = text_at(object, "name");
  const std::string* said = text_at(object, "text");
  if (name == nullptr || (*kind != Line::Kind::name && said == nullptr))
    return failure(ErrorCode::invalid_message, "a line without name or text");
  if (said != nullptr && said->size() > Limits::text_bytes)
    return failure(ErrorCode::too_large, "a line that long");
  return Line{*kind, clean_name(*name), *kind == Line::Kind::name ? std::string() : *said};
}

std::string clean_name(std::string_view name) {
  const auto first = name.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  name.remove_prefix(first);
  if (name.size() > Limits::name_bytes) {
    std::size_t end = Limits::name_bytes;
    // 10xxxxxx goes on with a character (RFC 3629 §3).
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) --end;
    name = name.substr(0, end);
  }
  const auto last = name.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string() : std::string(name.substr(0, last + 1));
}

}  // namespace chat
