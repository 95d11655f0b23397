// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the SDP of data-channel offers and answers, in one pass over its lines.
#include "rtc/sdp_description.hpp"

#include "base/numbers.hpp"

#include <algorithm>
#include <limits>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_size = 64 * 1024;
constexpr std::size_t max_lines = 1024;
constexpr std::size_t max_candidates = 64;
constexpr std::size_t max_fingerprints = 8;
constexpr std::size_t max_media_id = 64;
constexpr std::uint64_t default_max_message_size = 65536;  // RFC 8841 §6.1
constexpr std::uint16_t default_sctp_port = 5000;          // what everybody uses

std::unexpected<Error> invalid(std::string_view what) {
  return failure(ErrorCode::invalid_message, "SDP: " + std::string(what));
}
std::unexpected<Error> unsupported(std::string_view what) {
  return failure(ErrorCode::unsupported, "SDP: " + std::string(what));
}
std::unexpected<Error> too_large(std::string_view what) {
  return failure(ErrorCode::too_large, "SDP: " + std::string(what));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 8839 §5.4
bool is_ice_text(std::string_view text, std::size_t min) {
  const auto is_ice_char = [](char c) { return is_alphanumeric(c) || c == '+' || c == '/'; };
  return text.size() >= min && text.size() <= 256 && std::ranges::all_of(text, is_ice_char);
}

/// A token as in RFC 8866 §9.
bool is_token(std::string_view text) {
  const auto is_token_char = [](char c) {
    return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// Decimal digits and nothing else. Above 2^64 - 1 it is that.
std::optional<std::uint64_t> read_clamped(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return {};
  return read_number(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

/// A port is 16 bits.
std::optional<std::uint16_t> read_port(std::string_view text) {
  return read_number(text, 10, std::numeric_limits<std::uint16_t>::max());
}

/// Takes what stands before the next space off `text`.
std::string_view take_word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  return word;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::optional<Fingerprint> read_fingerprint(std::string_view text) {
  Fingerprint fingerprint{};
  if (text.size() != fingerprint.size() * 3 - 1) return {};
  for (std::size_t i = 0; i < fingerprint.size(); ++i) {
    const auto byte = read_number(text.substr(i * 3, 2), 16);
    if (!byte || (i + 1 < fingerprint.size() && text[i * 3 + 2] != ':')) return {};
    fingerprint[i] = static_cast<std::uint8_t>(*byte);
  }
  return fingerprint;
}

/// What may stand at session or at media level.
struct TransportAttributes {
  std::optional<std::string> ufrag;
  std::optional<std::string> password;
  std::optional<DtlsSetup> setup;
  std::optional<bool> trickle;
  std::vector<Fingerprint> fingerprints;
  bool has_fingerprint = false;  ///< in any hash
};

class SdpReader {
 public:
  explicit SdpReader(std::string_view sdp) : rest_(sdp) {}

  Result<SessionDescription> read() {
    if (rest_.size() > max_size) return too_large("longer than 64 KiB");
    if (rest_.size() - std::min(rest_.find('\n'), rest_.size()) < 2) return invalid("no o= line");
    for (std::size_t count = 0; !rest_.empty(); ++count) {
      if (count == max_lines) return too_large("more than 1024 lines");
      const auto line = next_line();
      if (!line) return failure(line.error());
      if (const auto read = read_line(*line, count); !read) return failure(read.error());
    }
    return finish();
  }

 private:
  enum class Section : std::uint8_t { session, data, rejected };

  Result<std::string_view> next_line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return invalid("the last line does not end");
    std::string_view line = rest_.substr(0, end);
    rest_ = rest_.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < 2 || line[1] != '=') return invalid("a line without type");
    if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos) {
      return invalid("a control character");
    }
    return line;
  }

  Result<> read_line(std::string_view line, std::size_t number) {
    const char type = line[0];
    const std::string_view value = line.substr(2);
    if (number == 0) return line == "v=0" ? Result<>{} : invalid("no version 0");
    if (number == 1) return type == 'o' ? read_origin(value) : invalid("no o= line");
    switch (type) {
      case 'v':
      case 'o':
        return invalid("a second v= or o= line");
      case 'm':
        return read_media(value);
      case 'a':
        return section_ == Section::rejected ? Result<>{} : read_attribute(value);
      default:
        return {};  // s= t= c= b= and the like say nothing to us
    }
  }

  /// "<user> <session id> <version> IN IP4 <address>"
  Result<> read_origin(std::string_view value) {
    take_word(value);
    const auto id = read_number(take_word(value));
    const auto version = read_number(take_word(value));
    if (!id || !version || take_word(value) != "IN") return invalid("o= line");
    description_.session_id = *id;
    description_.session_version = *version;
    return {};
  }

  /// "application 9 UDP/DTLS/SCTP webrtc-datachannel"
  Result<> read_media(std::string_view value) {
    const std::string_view media = take_word(value);
    const auto port = read_port(take_word(value));
    const std::string_view protocol = take_word(value);
    if (!is_token(media) || !port || protocol.empty() || value.empty()) return invalid("m= line");
    if (*port == 0) {
      section_ = Section::rejected;
      return {};
    }
    if (media != "application" || protocol != "UDP/DTLS/SCTP" || value != "webrtc-datachannel") {
      return unsupported("media other than a data channel");
    }
    if (has_data_section_) return unsupported("two data-channel sections");
    has_data_section_ = true;
    section_ = Section::data;
    return {};
  }

  Result<> read_attribute(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    TransportAttributes& level = section_ == Section::data ? media_level_ : session_level_;
    if (name == "ice-ufrag") return set_once(level.ufrag, name, is_ice_text(value, 4), std::string(value));
    if (name == "ice-pwd") return set_once(level.password, name, is_ice_text(value, 22), std::string(value));
    if (name == "ice-options") return read_ice_options(value, level);
    if (name == "fingerprint") return read_fingerprint_line(value, level);
    if (name == "setup") return read_setup(value, level);
    if (name == "flnet-session") {
      const auto session = read_number(value, 16);
      return set_once(description_.flnet_session, name, session.has_value(), session.value_or(0));
    }
    return section_ == Section::data ? read_media_attribute(name, value, text) : Result<>{};
  }

  Result<> read_media_attribute(std::string_view name, std::string_view value, std::string_view text) {
    if (name == "mid") {
      return set_once(media_id_, name, is_token(value) && value.size() <= max_media_id, std::string(value));
    }
    if (name == "sctp-port") {
      const auto port = read_port(value);
      return set_once(sctp_port_, name, port.value_or(0) != 0, port.value_or(0));
    }
    if (name == "max-message-size") {
      const auto size = read_clamped(value);
      return set_once(max_message_size_, name, size.has_value(), size.value_or(0));
    }
    if (name == "candidate") return read_candidate(text);
    if (name == "end-of-candidates") description_.end_of_candidates = true;
    return {};
  }

  template <class T>
  static Result<> set_once(std::optional<T>& to, std::string_view name, bool is_valid, T value) {
    if (!is_valid) return invalid("a broken a=" + std::string(name));
    if (to) return invalid("a second a=" + std::string(name));
    to = std::move(value);
    return {};
  }

  /// Spaces separate the options (RFC 8839 §5.6); libdatachannel writes commas.
  static Result<> read_ice_options(std::string_view value, TransportAttributes& level) {
    bool trickle = level.trickle.value_or(false);
    while (!value.empty()) {
      const std::size_t end = value.find_first_of(" ,");
      trickle |= value.substr(0, end) == "trickle";
      value = end == std::string_view::npos ? std::string_view{} : value.substr(end + 1);
    }
    level.trickle = trickle;
    return {};
  }

  /// Hashes other than sha-256 are skipped: one that we can check is enough (RFC 8122 §5).
  static Result<> read_fingerprint_line(std::string_view value, TransportAttributes& level) {
    level.has_fingerprint = true;
    const std::string_view hash = take_word(value);
    if (!is_token(hash) || value.empty()) return invalid("a broken a=fingerprint");
    if (!equal_ignoring_case(hash, "sha-256")) return {};
    const auto fingerprint = rtc::read_fingerprint(value);
    if (!fingerprint) return invalid("a broken a=fingerprint");
    if (level.fingerprints.size() == max_fingerprints) return too_large("more than 8 fingerprints");
    level.fingerprints.push_back(*fingerprint);
    return {};
  }

  static Result<> read_setup(std::string_view value, TransportAttributes& level) {
    if (value == "actpass") return set_once(level.setup, "setup", true, DtlsSetup::actpass);
    if (value == "active") return set_once(level.setup, "setup", true, DtlsSetup::active);
    if (value == "passive") return set_once(level.setup, "setup", true, DtlsSetup::passive);
    return invalid("a broken a=setup");
  }

  Result<> read_candidate(std::string_view text) {
    auto candidate = parse_candidate(text);
    if (!candidate) {
      return candidate.error().code == ErrorCode::unsupported ? Result<>{} : failure(candidate.error());
    }
    if (description_.candidates.size() == max_candidates) return too_large("more than 64 candidates");
    description_.candidates.push_back(std::move(*candidate));
    return {};
  }

  Result<SessionDescription> finish() {
    if (!has_data_section_) return unsupported("no data-channel section");
    auto ufrag = media_level_.ufrag ? media_level_.ufrag : session_level_.ufrag;
    auto password = media_level_.password ? media_level_.password : session_level_.password;
    const auto setup = media_level_.setup ? media_level_.setup : session_level_.setup;
    auto& hashes = media_level_.has_fingerprint ? media_level_.fingerprints : session_level_.fingerprints;
    if (!ufrag || !password) return invalid("no ICE credentials");
    if (hashes.empty()) return invalid("no sha-256 fingerprint");
    if (!setup) return invalid("no a=setup");
    description_.ice = {std::move(*ufrag), std::move(*password)};
    description_.fingerprints = std::move(hashes);
    description_.setup = *setup;
    description_.trickle = media_level_.trickle.value_or(session_level_.trickle.value_or(false));
    description_.media_id = media_id_.value_or("0");
    description_.sctp_port = sctp_port_.value_or(default_sctp_port);
    description_.max_message_size = max_message_size_.value_or(default_max_message_size);
    return std::move(description_);
  }

  std::string_view rest_;
  Section section_ = Section::session;
  bool has_data_section_ = false;
  SessionDescription description_;
  TransportAttributes session_level_;
  TransportAttributes media_level_;
  std::optional<std::string> media_id_;
  std::optional<std::uint16_t> sctp_port_;
  std::optional<std::uint64_t> max_message_size_;
};

}  // namespace

Result<SessionDescription> decode_sdp(std::string_view sdp) {
  return SdpReader(sdp).read();
}

}  // namespace flnet::rtc
