// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and writes TURN messages.
#include "rtc/turn_message.hpp"

#include "base/credential_digest.hpp"
#include "rtc/stun_reader.hpp"
#include "rtc/stun_writer.hpp"

#include <utility>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_datagram = 2048;
constexpr std::size_t max_attributes = 32;
constexpr std::size_t max_username = 508;  // RFC 8489 §14.3: fewer than 509 bytes
constexpr std::size_t max_quoted = 763;  // RFC 8489 §14.9, §14.10: fewer than 128 characters of up to 6 bytes
constexpr std::size_t max_algorithms = 64;
constexpr std::uint8_t family_v4 = 1, family_v6 = 2;

std::unexpected<Error> malformed(const char* detail) {
  return failure(ErrorCode::invalid_message, std::string("TURN: ") + detail);
}

bool is_known(unsigned method) {
  switch (static_cast<TurnMethod>(method)) {
    case TurnMethod::allocate:
    case TurnMethod::refresh:
    case TurnMethod::send:
    case TurnMethod::data:
    case TurnMethod::create_permission:
    case TurnMethod::channel_bind:
      return true;
  }
  return false;
}

/// Fills a TurnMessage attribute by attribute. Of attributes that come twice the first counts (RFC 8489 §14).
class TurnReader {
 public:
  explicit TurnReader(ByteView datagram) : datagram_(datagram) {}

  Result<TurnMessage> read() {
    if (!has_stun_header(datagram_, max_datagram)) return malformed("no valid header");
    if (!read_type()) return malformed("unknown method");
    std::copy_n(datagram_.begin() + 8, message_.transaction.size(), message_.transaction.begin());
    StunAttributeReader attributes(datagram_);
    for (std::size_t count = 0; !attributes.at_end(); ++count) {
      if (count == max_attributes) return malformed("too many attributes");
      const auto attribute = attributes.next();
      if (!attribute) return malformed("an attribute does not fit");
      if (has_fingerprint_) return malformed("something follows FINGERPRINT");
      if (!read_attribute(*attribute)) return malformed("a broken attribute");
    }
    return std::move(message_);
  }

 private:
  bool read_type() {
    const std::uint16_t type = load_u16(datagram_.data());
    const unsigned method = (type & 0x000fU) | (type & 0x00e0U) >> 1 | (type & 0x3e00U) >> 2;
    message_.method = static_cast<TurnMethod>(method);
    message_.message_class = static_cast<StunClass>((type >> 4 & 1U) | (type >> 7 & 2U));
    return is_known(method);
  }

  /// What follows the integrity is not protected (RFC 8489 §14.5, §14.6).
  bool read_attribute(const StunAttributeView& attribute) {
    const auto type = static_cast<StunAttribute>(attribute.type);
    if (type == StunAttribute::fingerprint) {
      has_fingerprint_ = true;
      return stun_fingerprint_fits(datagram_, attribute);
    }
    if (type == StunAttribute::message_integrity_sha256) {
      message_.has_integrity_sha256 = true;
      return attribute.value.size() == stun_integrity_sha256_size;
    }
    if (message_.has_integrity || message_.has_integrity_sha256) return true;
    if (type == StunAttribute::message_integrity) {
      message_.has_integrity = true;
      return attribute.value.size() == stun_integrity_size;
    }
    return read_credential(type, attribute.value) || read_relay(type, attribute.value) ||
           is_skipped(attribute);
  }

  /// Set when the attribute was recognised but is broken, so that nobody takes it for an unknown one.
  bool fault() {
    has_fault_ = true;
    return false;
  }

  bool is_skipped(const StunAttributeView& attribute) {
    if (has_fault_) return false;
    if (attribute.type < 0x8000) message_.unknown_attributes.push_back(attribute.type);
    return true;
  }

  bool read_credential(StunAttribute type, ByteView value) {
    switch (type) {
      case StunAttribute::username:
        return read_text(value, max_username, message_.username);
      case StunAttribute::realm:
        return read_text(value, max_quoted, message_.realm);
      case StunAttribute::nonce:
        return read_text(value, max_quoted, message_.nonce);
      case StunAttribute::userhash:
        if (value.size() != 32) return fault();
        message_.userhash.emplace();
        std::ranges::copy(value, message_.userhash->begin());
        return true;
      case StunAttribute::password_algorithms:
        if (value.size() > max_algorithms) return fault();
        if (!message_.password_algorithms) message_.password_algorithms = to_bytes(value);
        return true;
      case StunAttribute::password_algorithm:
        if (value.size() < 4) return fault();
        message_.password_algorithm = static_cast<StunPasswordAlgorithm>(load_u16(value.data()));
        return true;
      default:
        return false;
    }
  }

  bool read_relay(StunAttribute type, ByteView value) {
    switch (type) {
      case StunAttribute::channel_number:
        if (value.size() != 4) return fault();
        message_.channel = load_u16(value.data());
        return true;
      case StunAttribute::lifetime:
        if (value.size() != 4) return fault();
        message_.lifetime_seconds = load_u32(value.data());
        return true;
      case StunAttribute::xor_peer_address:
        return read_address(value, message_.peer);
      case StunAttribute::xor_relayed_address:
        return read_address(value, message_.relayed);
      case StunAttribute::xor_mapped_address:
        return read_address(value, message_.mapped);
      case StunAttribute::data:
        if (!message_.data) message_.data = value;
        return true;
      case StunAttribute::requested_address_family:
        if (value.size() != 4 || (value[0] != family_v4 && value[0] != family_v6)) return fault();
        message_.family = value[0] == family_v4 ? IpAddress::Family::ipv4 : IpAddress::Family::ipv6;
        return true;
      case StunAttribute::requested_transport:
        if (value.size() != 4) return fault();
        message_.transport = value[0];
        return true;
      case StunAttribute::error_code:
        return read_error(value);
      case StunAttribute::unknown_attributes:
        return true;
      default:
        return false;
    }
  }

  bool read_text(ByteView value, std::size_t max, std::optional<std::string>& to) {
    if (value.size() > max) return fault();
    if (!to) to = std::string(as_text(value));
    return true;
  }

  bool read_address(ByteView value, std::optional<SocketAddress>& to) {
    const auto address = read_xor_stun_address(datagram_, value);
    if (!address) return fault();
    if (!to) to = address;
    return true;
  }

  bool read_error(ByteView value) {
    const auto error = read_stun_error(value);
    if (!error) return fault();
    if (message_.error_code) return true;
    message_.error_code = error->code;
    message_.error_reason = std::string(error->reason);
    return true;
  }

  ByteView datagram_;
  TurnMessage message_;
  bool has_fingerprint_ = false;
  bool has_fault_ = false;
};

void append_text(Bytes& to, StunAttribute type, const std::optional<std::string>& text) {
  if (text) append_stun_attribute(to, type, as_bytes(*text));
}

void append_credentials(Bytes& to, const TurnMessage& message) {
  append_text(to, StunAttribute::username, message.username);
  if (message.userhash) append_stun_attribute(to, StunAttribute::userhash, *message.userhash);
  append_text(to, StunAttribute::realm, message.realm);
  append_text(to, StunAttribute::nonce, message.nonce);
  if (message.password_algorithms)
    append_stun_attribute(to, StunAttribute::password_algorithms, *message.password_algorithms);
  if (message.password_algorithm) {
    append_stun_u32(to, StunAttribute::password_algorithm,
                    std::uint32_t{static_cast<std::uint16_t>(*message.password_algorithm)} << 16);
  }
}

void append_address(Bytes& to, StunAttribute type, const std::optional<SocketAddress>& address,
                    const TransactionId& transaction) {
  if (address) append_xor_stun_address(to, type, *address, transaction);
}

void append_relay(Bytes& to, const TurnMessage& message) {
  if (message.error_code) append_stun_error(to, *message.error_code, message.error_reason);
  if (message.channel)
    append_stun_u32(to, StunAttribute::channel_number, std::uint32_t{*message.channel} << 16);
  if (message.lifetime_seconds) append_stun_u32(to, StunAttribute::lifetime, *message.lifetime_seconds);
  if (message.transport)
    append_stun_u32(to, StunAttribute::requested_transport, std::uint32_t{*message.transport} << 24);
  if (message.family) {
    const std::uint32_t family = *message.family == IpAddress::Family::ipv4 ? family_v4 : family_v6;
    append_stun_u32(to, StunAttribute::requested_address_family, family << 24);
  }
  append_address(to, StunAttribute::xor_peer_address, message.peer, message.transaction);
  append_address(to, StunAttribute::xor_relayed_address, message.relayed, message.transaction);
  append_address(to, StunAttribute::xor_mapped_address, message.mapped, message.transaction);
  if (message.data) append_stun_attribute(to, StunAttribute::data, *message.data);
}

/// The integrity of `parts`, which stand before its attribute, in the length that `key` asks for.
Bytes integrity_of(const TurnKey& key, std::initializer_list<ByteView> parts) {
  if (key.sha256) {
    const auto digest = hmac_sha256(key.bytes, parts);
    return {digest.begin(), digest.end()};
  }
  const auto digest = hmac_sha1(key.bytes, parts);
  return {digest.begin(), digest.end()};
}

StunAttribute integrity_attribute(const TurnKey& key) {
  return key.sha256 ? StunAttribute::message_integrity_sha256 : StunAttribute::message_integrity;
}

}  // namespace

Bytes encode_turn(const TurnMessage& message, const TurnKey& key) {
  Bytes to;
  to.reserve(256 + (message.data ? message.data->size() : 0));
  append_u16(to, stun_message_type(message.message_class, static_cast<std::uint16_t>(message.method)));
  append_u16(to, 0);
  append_u32(to, stun_magic_cookie);
  append_bytes(to, message.transaction);
  append_credentials(to, message);
  append_relay(to, message);
  if (!key.bytes.empty()) {
    const std::size_t size = key.sha256 ? stun_integrity_sha256_size : stun_integrity_size;
    store_stun_length(to, stun_attribute_header_size + size);
    append_stun_attribute(to, integrity_attribute(key), integrity_of(key, {ByteView(to)}));
  }
  append_stun_fingerprint(to);
  return to;
}

Result<TurnMessage> decode_turn(ByteView datagram) {
  return TurnReader(datagram).read();
}

bool verify_turn_integrity(ByteView datagram, const TurnKey& key) {
  if (!has_stun_header(datagram, max_datagram)) return false;
  StunAttributeReader attributes(datagram);
  while (!attributes.at_end()) {
    const auto attribute = attributes.next();
    if (!attribute) return false;
    if (attribute->type != static_cast<std::uint16_t>(integrity_attribute(key))) continue;
    // The hash is over what stands before, with a header whose length ends after the integrity itself.
    std::array<std::uint8_t, 4> head{datagram[0], datagram[1]};
    const std::size_t end = attribute->offset + stun_attribute_header_size + attribute->value.size();
    store_u16(head.data() + 2, static_cast<std::uint16_t>(end - stun_header_size));
    const ByteView rest = datagram.first(attribute->offset).subspan(head.size());
    return equal_secrets(attribute->value, integrity_of(key, {ByteView(head), rest}));
  }
  return false;
}

std::optional<StunPasswordAlgorithm> first_known_algorithm(ByteView list) {
  // Each is a number, the length of its parameters, and these, padded to four bytes.
  while (list.size() >= 4) {
    const auto algorithm = static_cast<StunPasswordAlgorithm>(load_u16(list.data()));
    const std::size_t parameters = load_u16(list.data() + 2);
    const bool is_ours =
        algorithm == StunPasswordAlgorithm::md5 || algorithm == StunPasswordAlgorithm::sha256;
    if (is_ours && parameters == 0) return algorithm;
    list = list.subspan(std::min(list.size(), 4 + stun_padded(parameters)));
  }
  return {};
}

}  // namespace flnet::rtc
