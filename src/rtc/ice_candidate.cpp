// SPDX-License-Identifier: MIT OR Apache-2.0
// Priorities of ICE candidates, and the strict reader and the writer of their SDP line (RFC 8839 §5.1).
#include "rtc/ice_candidate.hpp"

#include "base/numbers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_line = 512;
constexpr std::size_t max_foundation = 32;
constexpr std::size_t max_ufrag = 256;
constexpr std::uint32_t max_priority = 0x7fffffff;  // RFC 8445 §5.1.2: 1 to 2^31 - 1

/// Where the local preferences of a kind of address begin; within it the node's order decides.
constexpr std::uint16_t ipv6_preference = 0xc000;
constexpr std::uint16_t ipv4_preference = 0x8000;
constexpr std::uint16_t link_local_preference = 0x6000;
constexpr std::uint16_t loopback_preference = 0x4000;
constexpr std::size_t preference_steps = 0x1fff;

constexpr std::array<std::pair<CandidateType, std::string_view>, 4> type_names{{
    {CandidateType::host, "host"},
    {CandidateType::server_reflexive, "srflx"},
    {CandidateType::peer_reflexive, "prflx"},
    {CandidateType::relayed, "relay"},
}};

std::string_view type_name(CandidateType type) {
  for (const auto& [known, name] : type_names) {
    if (known == type) return name;
  }
  return "host";
}

/// RFC 8445 §5.1.2.2
std::uint32_t type_preference(CandidateType type) {
  switch (type) {
    case CandidateType::host:
      return 126;
    case CandidateType::peer_reflexive:
      return 110;
    case CandidateType::server_reflexive:
      return 100;
    case CandidateType::relayed:
      return 0;
  }
  return 0;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_ice_char(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '/';
}
bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::unexpected<Error> broken(std::string_view what) {
  return failure(ErrorCode::invalid_message, "candidate: " + std::string(what));
}
std::unexpected<Error> unsupported(std::string_view what) {
  return failure(ErrorCode::unsupported, "candidate: " + std::string(what));
}

/// Decimal digits and nothing else, at most `max`.
std::optional<std::uint32_t> read_short(std::string_view text, std::uint32_t max) {
  if (text.size() > 10) return {};
  return read_number(text, 10, max);
}

/// A name such as "6c2f….local": letters, digits, '-' and '.', and not all digits and dots.
bool is_host_name(std::string_view text) {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return text.size() <= 255 && std::ranges::all_of(text, fits) && std::ranges::any_of(text, is_letter);
}

/// The line's tokens, one space apart; empty tokens are tokens too, which the grammar then refuses.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) {}

  bool at_end() const { return ended_; }
  std::string_view next() {
    const std::size_t space = rest_.find(' ');
    const std::string_view token = rest_.substr(0, space);
    ended_ = space == std::string_view::npos;
    rest_ = ended_ ? std::string_view{} : rest_.substr(space + 1);
    return token;
  }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

Result<IpAddress> read_connection_address(std::string_view text) {
  auto ip = IpAddress::parse(text);
  if (ip) {
    if (ip->is_unspecified() || ip->is_multicast()) return broken("address of no host");
    return ip;
  }
  if (is_host_name(text)) return unsupported("a host name");
  return broken("no address");
}

std::optional<CandidateType> read_type(std::string_view text) {
  for (const auto& [type, name] : type_names) {
    if (text == name) return type;
  }
  return {};
}

/// raddr and rport, then extensions. The related address may be unspecified: browsers hide it so; one that
/// is a name is left out.
Result<> read_extensions(Tokens& tokens, IceCandidate& to) {
  std::optional<std::string_view> related_ip;
  std::optional<std::uint32_t> related_port;
  while (!tokens.at_end()) {
    const std::string_view name = tokens.next();
    if (name.empty() || tokens.at_end()) return broken("an attribute without name or value");
    const std::string_view value = tokens.next();
    if (name == "raddr") {
      related_ip = value;
    } else if (name == "rport") {
      related_port = read_short(value, 65535);
      if (!related_port) return broken("rport");
    } else if (name == "ufrag") {
      if (value.empty() || value.size() > max_ufrag || !std::ranges::all_of(value, is_ice_char)) {
        return broken("ufrag");
      }
      to.ufrag = std::string(value);
    }
  }
  if (related_ip.has_value() != related_port.has_value()) return broken("raddr and rport belong together");
  if (!related_ip) return {};
  if (const auto ip = IpAddress::parse(*related_ip)) {
    to.related = SocketAddress{*ip, static_cast<std::uint16_t>(*related_port)};
  } else if (!is_host_name(*related_ip)) {
    return broken("raddr");
  }
  return {};
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, is_visible);
}

}  // namespace

std::uint32_t candidate_priority(CandidateType type, std::uint16_t local_preference) {
  return type_preference(type) << 24 | std::uint32_t{local_preference} << 8 | (256 - 1);
}

IceCandidate host_candidate(const SocketAddress& address, std::size_t index) {
  const std::uint16_t kind = address.ip.is_loopback()     ? loopback_preference
                             : address.ip.is_link_local() ? link_local_preference
                             : address.ip.is_v4()         ? ipv4_preference
                                                          : ipv6_preference;
  const auto step = static_cast<std::uint16_t>(std::min(index, preference_steps));
  return {.foundation = std::to_string(index + 1),
          .priority = candidate_priority(CandidateType::host, static_cast<std::uint16_t>(kind - step)),
          .address = address,
          .type = CandidateType::host,
          .related = {},
          .ufrag = {}};
}

IceCandidate reflexive_candidate(const IceCandidate& base, const SocketAddress& mapped, std::size_t index) {
  const auto local_preference = static_cast<std::uint16_t>(base.priority >> 8);
  return {.foundation = "s" + std::to_string(index + 1),
          .priority = candidate_priority(CandidateType::server_reflexive, local_preference),
          .address = mapped,
          .type = CandidateType::server_reflexive,
          .related = base.address,
          .ufrag = {}};
}

IceCandidate relayed_candidate(const IceCandidate& base, const SocketAddress& relayed,
                               const SocketAddress& mapped, std::size_t index) {
  const auto local_preference = static_cast<std::uint16_t>(base.priority >> 8);
  return {.foundation = "r" + std::to_string(index + 1),
          .priority = candidate_priority(CandidateType::relayed, local_preference),
          .address = relayed,
          .type = CandidateType::relayed,
          .related = mapped,
          .ufrag = {}};
}

std::string to_line(const IceCandidate& candidate) {
  std::string line = "candidate:" + candidate.foundation + " 1 udp " + std::to_string(candidate.priority) +
                     ' ' + candidate.address.ip.to_string() + ' ' + std::to_string(candidate.address.port) +
                     " typ ";
  line += type_name(candidate.type);
  if (candidate.related) {
    line +=
        " raddr " + candidate.related->ip.to_string() + " rport " + std::to_string(candidate.related->port);
  }
  if (candidate.ufrag) line += " ufrag " + *candidate.ufrag;
  return line;
}

Result<IceCandidate> parse_candidate(std::string_view line) {
  if (line.size() > max_line) return broken("too long");
  if (!std::ranges::all_of(line, [](char c) { return c == ' ' || is_visible(c); }))
    return broken("characters");
  if (line.starts_with("a=")) line.remove_prefix(2);
  if (line.starts_with("candidate:")) line.remove_prefix(10);

  Tokens tokens(line);
  std::array<std::string_view, 8> fields;  // foundation component transport priority address port "typ" type
  for (std::string_view& field : fields) {
    if (tokens.at_end()) return broken("too short");
    field = tokens.next();
  }
  const auto& [foundation, component, transport, priority, address, port, typ, type] = fields;

  IceCandidate candidate;
  if (foundation.empty() || foundation.size() > max_foundation ||
      !std::ranges::all_of(foundation, is_ice_char)) {
    return broken("foundation");
  }
  candidate.foundation = std::string(foundation);
  const auto component_number = read_short(component, 256);
  if (!component_number || *component_number == 0) return broken("component");
  if (!is_token(transport)) return broken("transport");
  const auto priority_number = read_short(priority, max_priority);
  if (!priority_number || *priority_number == 0) return broken("priority");
  candidate.priority = *priority_number;
  const auto port_number = read_short(port, 65535);
  if (!port_number || *port_number == 0) return broken("port");
  const auto known_type = read_type(type);
  if (typ != "typ" || !is_token(type)) return broken("type");
  if (const auto rest = read_extensions(tokens, candidate); !rest) return failure(rest.error());

  if (!equal_ignoring_case(transport, "udp")) return unsupported("not over UDP");
  if (*component_number != 1) return unsupported("not component 1");
  if (!known_type) return unsupported("unknown type");
  const auto ip = read_connection_address(address);
  if (!ip) return failure(ip.error());
  candidate.type = *known_type;
  candidate.address = {*ip, static_cast<std::uint16_t>(*port_number)};
  return candidate;
}

}  // namespace flnet::rtc
