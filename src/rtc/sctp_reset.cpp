// SPDX-License-Identifier: MIT OR Apache-2.0
// The peer ends streams of its own (RFC 6525), as far as a closing data channel needs it (RFC 8831 §6.7).
#include "rtc/sctp_state.hpp"

#include "rtc/sctp_reset_result.hpp"

#include "base/byte_io.hpp"

namespace flnet::rtc {

namespace {

constexpr std::size_t request_fixed_size = 12;

}  // namespace

void SctpAssociation::State::receive_re_config(const SctpChunkView& chunk, Time now) {
  SctpParameterReader parameters(chunk.body);
  while (const auto parameter = parameters.next()) {
    if (!carries_data() && phase != SctpPhase::shutdown_sent) return;
    if (parameter->type == parameter_type::reconfig_response) {
      receive_reset_response(parameter->body, now);
      continue;
    }
    if (parameter->body.size() < sizeof(std::uint32_t)) break;
    const bool outgoing = parameter->type == parameter_type::outgoing_reset_request;
    const std::uint32_t number = load_u32(parameter->body.data());
    Bytes answer;
    append_u32(answer, number);
    append_u32(answer, outgoing ? answer_reset(parameter->body) : reset_result::denied);
    Bytes body;
    append_sctp_parameter(body, parameter_type::reconfig_response, answer);
    queue_control(chunk_type::re_config, 0, std::move(body));
  }
  if (parameters.malformed()) ++counters.dropped_malformed;
}

// The peer wants to begin its streams anew (RFC 6525 §5.2.2).
std::uint32_t SctpAssociation::State::answer_reset(ByteView request) {
  if (request.size() < request_fixed_size || request.size() % 2 != 0) return reset_result::denied;
  const std::uint32_t number = load_u32(request.data());
  const bool again = number + 1 == next_peer_request;
  if (again && last_reset_result != reset_result::in_progress) return last_reset_result;
  if (!again && number != next_peer_request) return reset_result::wrong_number;
  if (!again) ++next_peer_request;
  // Not before everything that was sent with the old numbers is there; the peer asks again, some with the
  // same request number and some with the next one.
  if (tsn_before(receiver.cumulative(), load_u32(request.data() + 8))) {
    last_reset_result = reset_result::in_progress;
  } else {
    last_reset_result = reset_result::performed;
    reset_incoming(request.subspan(request_fixed_size));
  }
  return last_reset_result;
}

void SctpAssociation::State::reset_incoming(ByteView streams) {
  if (streams.empty()) reassembly.reset_all_streams();
  std::vector<StreamId> named;
  for (std::size_t at = 0; at < streams.size(); at += 2) {
    const StreamId stream = load_u16(streams.data() + at);
    if (stream >= reassembly.streams()) continue;
    reassembly.reset_stream(stream);
    named.push_back(stream);
  }
  if (streams.empty() || !named.empty()) sink.sctp_streams_reset(named);
}

}  // namespace flnet::rtc
