// SPDX-License-Identifier: MIT OR Apache-2.0
// The packets in which fledger 0.10 carries an application's text over a data channel.
#pragma once

#include <flnet/result.hpp>
#include <flnet/u256.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::wire {

/// Text up to here goes in one packet, {"data":"…"}; longer text in pieces of as many characters (code
/// points), {"id":"<64 hex>","part":0…,"total":n,"data":"…"}.
inline constexpr std::size_t max_packet_piece = 16384;
/// A written packet: native Rust nodes read into a buffer of this size and fail on more. Pieces with so
/// many wide or escaped characters that they would go above it are cut shorter; readers take any length.
inline constexpr std::size_t max_packet_bytes = 65535;
/// The longest text, and what a reader holds of unfinished texts in all.
inline constexpr std::size_t max_packet_text_bytes = 256 * 1024;
inline constexpr std::size_t max_packet_parts = 64;  ///< Of one text.
inline constexpr std::size_t max_open_packet_texts = 8;

/// Called with each packet in its order; valid during the call.
using PacketSink = std::function<void(std::string_view packet)>;

/// Writes `text` as packets; `id` names it when it takes several. They are JSON that YAML readers (Rust's)
/// understand, too: nothing is escaped but what must be. invalid_argument (no UTF-8) or too_large, and no
/// packet then.
Result<> encode_packets(std::string_view text, const U256& id, const PacketSink& sink);

/// Joins the packets of one peer: parts in any order, texts mixed. Of a part that comes twice the latest
/// counts.
class PacketReader {
 public:
  struct Counters {
    std::uint64_t invalid = 0;  ///< Packets that were refused.
    std::uint64_t dropped_texts =
        0;  ///< Texts that had begun: too large, or the oldest where there were too many.
  };

  /// The text that this packet completes, or nothing while parts are missing. What is no packet is
  /// invalid_message, what goes above the limits too_large; the next packet is read all the same.
  Result<std::optional<std::string>> read(std::string_view packet);

  const Counters& counters() const { return counters_; }
  /// What is held of unfinished texts.
  std::size_t held_bytes() const { return held_bytes_; }
  std::size_t open_texts() const { return open_.size(); }

 private:
  struct OpenText {
    U256 id;
    std::vector<std::optional<std::string>> parts;
    std::size_t missing = 0;
    std::size_t bytes = 0;
  };
  struct Part;

  static Result<Part> parse(std::string_view packet);
  Result<std::optional<std::string>> take(Part part);
  Result<std::size_t> place_of(const Part& part);
  std::string join(std::size_t place);
  void drop(std::size_t place);

  std::vector<OpenText> open_;  ///< The oldest first.
  std::size_t held_bytes_ = 0;
  Counters counters_;
};

}  // namespace flnet::wire
