// SPDX-License-Identifier: MIT OR Apache-2.0
// IP addresses as text (RFC 4291 §2.2, RFC 5952) and what kind they are; no system calls.
#include <flnet/socket_address.hpp>

#include "base/byte_io.hpp"
#include "base/numbers.hpp"

#include <algorithm>
#include <optional>

namespace flnet {
namespace {

constexpr std::size_t v6_groups = 8;

/// A decimal or hex number without sign, of at most `max_digits`; nothing else may stand in `text`.
std::optional<std::uint64_t> parse_number(std::string_view text, unsigned base, std::size_t max_digits) {
  if (text.size() > max_digits) return std::nullopt;
  return read_number(text, base);
}

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return false;
    const std::string_view part = text.substr(0, dot);
    const auto value = parse_number(part, 10, 3);
    // A leading zero is refused: some readers take it for octal.
    if (!value || *value > 255 || (part.size() > 1 && part[0] == '0')) return false;
    out[i] = static_cast<std::uint8_t>(*value);
    text.remove_prefix(i == 3 ? text.size() : dot + 1);
  }
  return true;
}

/// Groups separated by single colons, the last of which may be dotted IPv4; returns how many bytes they fill.
std::optional<std::size_t> parse_v6_groups(std::string_view text, std::uint8_t* out) {
  std::size_t filled = 0;
  while (!text.empty()) {
    if (filled >= 2 * v6_groups) return std::nullopt;
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      if (filled > 12 || !parse_v4(group, out + filled)) return std::nullopt;
      return filled + 4;
    }
    const auto value = parse_number(group, 16, 4);
    if (!value) return std::nullopt;
    store_u16(out + filled, static_cast<std::uint16_t>(*value));
    filled += 2;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return filled;
}

bool parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return parse_v6_groups(text, out.data()) == 16U;
  std::array<std::uint8_t, 16> head{};
  std::array<std::uint8_t, 16> tail{};
  const std::string_view before = text.substr(0, gap);
  if (before.find('.') != std::string_view::npos) return false;
  const auto head_size = parse_v6_groups(before, head.data());
  const auto tail_size = parse_v6_groups(text.substr(gap + 2), tail.data());
  if (!head_size || !tail_size || *head_size + *tail_size > 14) return false;
  std::copy_n(head.begin(), *head_size, out.begin());
  std::copy_n(tail.begin(), *tail_size, out.end() - static_cast<std::ptrdiff_t>(*tail_size));
  return true;
}

/// The first longest run of two or more zero groups (RFC 5952 §4.2).
std::pair<std::size_t, std::size_t> longest_zero_run(const std::array<std::uint8_t, 16>& bytes) {
  std::pair<std::size_t, std::size_t> best{v6_groups, 0};
  std::size_t start = 0;
  for (std::size_t i = 0; i < v6_groups; ++i) {
    if (load_u16(&bytes[2 * i]) != 0) {
      start = i + 1;
    } else if (i + 1 - start > std::max<std::size_t>(best.second, 1)) {
      best = {start, i + 1 - start};
    }
  }
  return best;
}

std::string v6_text(const std::array<std::uint8_t, 16>& bytes) {
  const auto [gap, gap_size] = longest_zero_run(bytes);
  std::string text;
  for (std::size_t i = 0; i < v6_groups; ++i) {
    if (i == gap) {
      text.append("::");
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text.push_back(':');
    text += hex_number(load_u16(&bytes[2 * i]));
  }
  return text;
}

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  return {Family::ipv6, bytes};
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  if (parse_v4(text, address.bytes.data())) return address;
  address = {Family::ipv6, {}};
  if (text.find(':') != std::string_view::npos && parse_v6(text, address.bytes)) return address;
  return failure(ErrorCode::invalid_argument, "not an IP address: " + std::string(text.substr(0, 64)));
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[0] == 127;
  return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; });
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(view(), [](auto byte) { return byte == 0; });
}

bool IpAddress::is_multicast() const {
  if (!is_v4()) return bytes[0] == 0xff;
  return (bytes[0] & 0xf0) == 0xe0 || std::ranges::all_of(view(), [](auto byte) { return byte == 255; });
}

bool IpAddress::is_link_local() const {
  if (is_v4()) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::string IpAddress::to_string() const {
  if (!is_v4()) return v6_text(bytes);
  std::string text = std::to_string(bytes[0]);
  for (std::size_t i = 1; i < 4; ++i) text.append(".").append(std::to_string(bytes[i]));
  return text;
}

Result<SocketAddress> SocketAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_number(text.substr(colon + 1), 10, 5);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!port || *port > 0xffff || !ip || bracketed == ip->is_v4())
    return failure(ErrorCode::invalid_argument,
                   "not an address with a port, such as 127.0.0.1:8765 or [::]:8765: " +
                       std::string(text.substr(0, 64)));
  return SocketAddress{*ip, static_cast<std::uint16_t>(*port)};
}

std::string SocketAddress::to_string() const {
  const std::string host = ip.is_v4() ? ip.to_string() : "[" + ip.to_string() + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace flnet

std::size_t std::hash<flnet::SocketAddress>::operator()(const flnet::SocketAddress& address) const noexcept {
  const auto& bytes = address.ip.bytes;
  std::uint64_t mixed = flnet::load_u64(bytes.data()) * 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 29 ^ flnet::load_u64(bytes.data() + 8)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 32 ^ address.port) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}
