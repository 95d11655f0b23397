// SPDX-License-Identifier: MIT OR Apache-2.0
// Cuts text into packets, and joins packets that may be hostile, out of order or unfinished.
#include "wire/packet.hpp"

#include "base/encoding.hpp"
#include "wire/json_cursor.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace flnet::wire {
namespace {

/// Room for all of a packet but its data.
constexpr std::size_t packet_head_bytes = 128;

/// Bytes of the character of well-formed UTF-8 that begins with `lead`.
std::size_t utf8_width(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

/// Bytes that the character beginning with `lead` takes in a packet.
std::size_t written_width(char lead) {
  if (json_short_escape(lead) != 0) return 2;
  if (is_json_control(lead)) return 6;  // \u001f
  return utf8_width(lead);
}

/// How much of `text` makes the next piece.
std::size_t piece_length(std::string_view text) {
  std::size_t length = 0;
  std::size_t written = packet_head_bytes;
  for (std::size_t characters = 0; length < text.size() && characters < max_packet_piece; ++characters) {
    written += written_width(text[length]);
    if (written > max_packet_bytes) break;
    length += utf8_width(text[length]);
  }
  return length;
}

std::vector<std::string_view> cut(std::string_view text) {
  std::vector<std::string_view> pieces;
  do {
    pieces.push_back(text.substr(0, piece_length(text)));
    text.remove_prefix(pieces.back().size());
  } while (!text.empty());
  return pieces;
}

void append_data(std::string& out, std::string_view text) {
  out += R"("data":")";
  append_json_escaped(out, text);
  out += "\"}";
}

std::unexpected<Error> too_large(std::size_t bytes) {
  return failure(ErrorCode::too_large, "a text of " + std::to_string(bytes) +
                                           " bytes; packets carry at most " +
                                           std::to_string(max_packet_text_bytes));
}

/// Rust leaves absent fields out, and reads null as absent.
bool present(const JsonCursor& at, std::string_view name) {
  return at.has(name) && !at.field(name).is_null();
}

}  // namespace

Result<> encode_packets(std::string_view text, const U256& id, const PacketSink& sink) {
  if (text.size() > max_packet_text_bytes) return too_large(text.size());
  if (!is_utf8(text)) return failure(ErrorCode::invalid_argument, "text must be UTF-8");
  const auto pieces = cut(text);
  std::string packet;
  packet.reserve(pieces.front().size() + packet_head_bytes);
  if (pieces.size() == 1 && text.size() <= max_packet_piece) {
    packet = '{';
    append_data(packet, text);
    sink(packet);
    return {};
  }
  for (std::size_t part = 0; part < pieces.size(); ++part) {
    packet.assign(R"({"id":")").append(id.hex());
    packet.append(R"(","part":)").append(std::to_string(part));
    packet.append(R"(,"total":)").append(std::to_string(pieces.size())) += ',';
    append_data(packet, pieces[part]);
    sink(packet);
  }
  return {};
}

struct PacketReader::Part {
  U256 id;
  std::size_t part = 0;
  std::size_t total = 0;
  std::string data;
  bool is_whole = false;  ///< A text of one packet, without id, part and total.
};

Result<PacketReader::Part> PacketReader::parse(std::string_view packet) {
  const auto document = parse_json(packet, max_packet_text_bytes);
  if (!document) return failure(document.error());
  JsonFault fault;
  const JsonCursor at(*document, "packet", fault);
  Part part;
  part.data = at.field("data").text(max_packet_text_bytes);
  part.is_whole = !present(at, "id") || !present(at, "part") || !present(at, "total");
  if (!part.is_whole) {
    const JsonCursor id = at.field("id");
    if (id.text_size() != 2 * U256::size) id.fault("must be 64 hex digits");
    part.id = id.u256();
    part.total = at.field("total").number(max_packet_parts);
    part.part = at.field("part").number(max_packet_parts);
    if (part.part >= part.total) at.field("part").fault("must be below total");
  }
  if (fault.noted()) return failure(fault.error());
  return part;
}

Result<std::optional<std::string>> PacketReader::read(std::string_view packet) {
  auto part = parse(packet);
  if (part && part->is_whole) return std::move(part->data);
  Result<std::optional<std::string>> text = part ? take(std::move(*part)) : failure(part.error());
  if (!text) ++counters_.invalid;
  return text;
}

Result<std::optional<std::string>> PacketReader::take(Part part) {
  const auto found = place_of(part);
  if (!found) return failure(found.error());
  std::size_t place = *found;
  OpenText& text = open_[place];
  auto& slot = text.parts[part.part];
  const std::size_t before = slot ? slot->size() : 0;
  if (!slot) --text.missing;
  const std::size_t change = part.data.size() - before;  // It wraps, and the sums wrap back.
  slot = std::move(part.data);
  text.bytes += change;
  held_bytes_ += change;
  if (text.bytes > max_packet_text_bytes) {
    const std::size_t bytes = text.bytes;
    drop(place);
    return too_large(bytes);
  }
  while (held_bytes_ > max_packet_text_bytes) {
    drop(place == 0 ? 1 : 0);
    if (place != 0) --place;
  }
  if (open_[place].missing > 0) return std::nullopt;
  return join(place);
}

Result<std::size_t> PacketReader::place_of(const Part& part) {
  const auto known = std::ranges::find(open_, part.id, &OpenText::id);
  if (known != open_.end()) {
    if (known->parts.size() != part.total)
      return failure(ErrorCode::invalid_message, "packet.total: differs from that of earlier parts");
    return static_cast<std::size_t>(known - open_.begin());
  }
  if (open_.size() == max_open_packet_texts) drop(0);
  open_.push_back({part.id, {}, part.total, 0});
  open_.back().parts.resize(part.total);
  return open_.size() - 1;
}

std::string PacketReader::join(std::size_t place) {
  const OpenText& text = open_[place];
  std::string joined;
  joined.reserve(text.bytes);
  for (const auto& part : text.parts) joined += *part;
  held_bytes_ -= text.bytes;
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
  return joined;
}

void PacketReader::drop(std::size_t place) {
  held_bytes_ -= open_[place].bytes;
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
  ++counters_.dropped_texts;
}

}  // namespace flnet::wire
