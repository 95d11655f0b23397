// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpSendBatch: collects a loop turn's datagrams of one socket and sends them in as few calls as possible.
#pragma once

#include "io/native/udp_port.hpp"
#include "io/native/udp_socket.hpp"

#include <array>
#include <functional>
#include <memory>
#include <vector>

namespace flnet::io {

/// Datagrams of one path and one size that follow each other form a run; the last may be shorter. A run
/// leaves as one UDP_SEGMENT buffer; up to max_runs go out with one sendmmsg.
///
///   collecting ──flush, the socket is full──▶ blocked ──flush after it is writable──▶ collecting
class UdpSendBatch {
 public:
  static constexpr std::size_t max_runs = 64;
  /// UDP_MAX_SEGMENTS of the kernels before 6.9.
  static constexpr std::size_t max_segments = 64;
  /// One IPv4 packet's payload (RFC 768: 16-bit length; 20 bytes IP, 8 UDP).
  static constexpr std::size_t max_run_bytes = 65507;
  /// Collecting, this much is sent without waiting for the end of the turn.
  static constexpr std::size_t full_bytes = 256 * 1024;
  /// What is kept while the socket is full; what comes beyond is dropped, as a full router would.
  static constexpr std::size_t backlog_limit_bytes = 4 * 1024 * 1024;
  static constexpr std::size_t backlog_limit_runs = 8192;

  /// sendmmsg, or what stands in for it in tests.
  using SendCall = std::function<int(int descriptor, mmsghdr* messages, unsigned count, int flags)>;

  UdpSendBatch(int descriptor, bool can_segment, UdpPortCounters& counters, SendCall call = ::sendmmsg);

  /// Queues a copy. True when the batch is full and should be flushed.
  bool append(const rtc::DatagramPath& path, ByteView datagram);
  /// Sends what is queued. False when the socket is full: flush again once it is writable.
  bool flush();
  bool empty() const { return next_run_ == runs_.size(); }

 private:
  struct Run {
    rtc::DatagramPath path;
    std::size_t offset = 0;
    std::size_t bytes = 0;
    std::size_t segment_bytes = 0;
    std::size_t segments = 0;
    bool closed = false;  ///< A shorter datagram ended it.
  };

  bool extends_last_run(const rtc::DatagramPath& path, ByteView datagram) const;
  void store(ByteView datagram);
  std::size_t prepare_frames();
  void prepare(const Run& run, std::size_t index);
  /// What to do after the system refused the run at the head. False: wait until the socket is writable.
  bool handle_refusal(int code);
  /// Replaces the run at the head by one run a datagram.
  void split_head();
  void advance(std::size_t sent_runs);
  void reset();

  int descriptor_;
  SendCall call_;
  UdpPortCounters& counters_;
  bool segmenting_;
  bool blocked_ = false;
  int refused_segments_ = 0;

  std::vector<std::uint8_t> bytes_;  ///< Storage, grown when needed and kept; [0, used_) is queued.
  std::size_t used_ = 0;
  std::vector<Run> runs_;
  std::size_t next_run_ = 0;  ///< Runs before it are sent.

  struct Frames {
    std::array<mmsghdr, max_runs> messages{};
    std::array<iovec, max_runs> vectors{};
    std::array<SystemAddress, max_runs> receivers{};
    alignas(cmsghdr) std::array<std::array<std::uint8_t, control_bytes>, max_runs> controls{};
  };
  std::unique_ptr<Frames> frames_;
};

}  // namespace flnet::io
