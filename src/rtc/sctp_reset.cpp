// SPDX-License-Identifier: MIT OR Apache-2.0
// Stream reset (RFC 6525) as far as a closing data channel needs it (RFC 8831 §6.7).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

namespace {

constexpr std::size_t request_fixed_size = 12;

// Results of RFC 6525 §4.4.
constexpr std::uint32_t performed = 1;
constexpr std::uint32_t denied = 2;
constexpr std::uint32_t wrong_number = 5;
constexpr std::uint32_t in_progress = 6;

}  // namespace

void SctpAssociation::State::receive_re_config(const SctpChunkView& chunk) {
  if (!carries_data()) return;
  SctpParameterReader parameters(chunk.body);
  while (const auto parameter = parameters.next()) {
    // Responses answer requests, and we make none.
    if (parameter->type == parameter_type::reconfig_response) continue;
    if (parameter->body.size() < sizeof(std::uint32_t)) break;
    const bool outgoing = parameter->type == parameter_type::outgoing_reset_request;
    const std::uint32_t number = load_u32(parameter->body.data());
    Bytes answer;
    append_u32(answer, number);
    append_u32(answer, outgoing ? answer_reset(parameter->body) : denied);
    Bytes body;
    append_sctp_parameter(body, parameter_type::reconfig_response, answer);
    queue_control(chunk_type::re_config, 0, std::move(body));
  }
}

// The peer wants to begin its streams anew (RFC 6525 §5.2.2).
std::uint32_t SctpAssociation::State::answer_reset(ByteView request) {
  if (request.size() < request_fixed_size || request.size() % 2 != 0) return denied;
  const std::uint32_t number = load_u32(request.data());
  if (number + 1 == next_reset_request) return last_reset_result;  // Asked again.
  if (number != next_reset_request) return wrong_number;
  // Not before everything that was sent with the old numbers is there; the peer asks again.
  const Tsn last = load_u32(request.data() + 8);
  if (tsn_before(receiver.cumulative(), last)) return in_progress;
  ++next_reset_request;
  last_reset_result = performed;
  const ByteView streams = request.subspan(request_fixed_size);
  if (streams.empty()) reassembly.reset_all_streams();
  std::vector<StreamId> named;
  for (std::size_t at = 0; at < streams.size(); at += 2) {
    const StreamId stream = load_u16(streams.data() + at);
    if (stream >= reassembly.streams()) continue;
    reassembly.reset_stream(stream);
    named.push_back(stream);
  }
  if (streams.empty() || !named.empty()) sink.sctp_streams_reset(named);
  return performed;
}

}  // namespace flnet::rtc
