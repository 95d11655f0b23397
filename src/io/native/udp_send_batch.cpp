// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpSendBatch: runs, sendmmsg, and what to do when the system refuses.
#include "io/native/udp_send_batch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace flnet::io {
namespace {

/// So many segmented sends in a row that the system refuses, and takes one by one, mean that the device
/// can't: then segmenting is not tried again.
constexpr int max_refused_segments = 8;

}  // namespace

UdpSendBatch::UdpSendBatch(int descriptor, bool can_segment, UdpPortCounters& counters, SendCall call)
    : descriptor_(descriptor),
      call_(std::move(call)),
      counters_(counters),
      segmenting_(can_segment),
      frames_(std::make_unique<Frames>()) {
  runs_.reserve(max_runs);
}

bool UdpSendBatch::append(const rtc::DatagramPath& path, ByteView datagram) {
  const std::size_t limit = blocked_ ? backlog_limit_bytes : full_bytes + max_run_bytes;
  if (datagram.empty() || datagram.size() > max_run_bytes || used_ + datagram.size() > limit ||
      runs_.size() >= backlog_limit_runs) {
    ++counters_.dropped_send;
    return false;
  }
  if (extends_last_run(path, datagram)) {
    Run& run = runs_.back();
    run.bytes += datagram.size();
    ++run.segments;
    run.closed = datagram.size() < run.segment_bytes;
  } else {
    runs_.push_back({path, used_, datagram.size(), datagram.size(), 1, false});
  }
  store(datagram);
  return !blocked_ && (used_ >= full_bytes || runs_.size() >= max_runs);
}

bool UdpSendBatch::extends_last_run(const rtc::DatagramPath& path, ByteView datagram) const {
  if (!segmenting_ || empty()) return false;
  const Run& run = runs_.back();
  return !run.closed && datagram.size() <= run.segment_bytes && run.segments < max_segments &&
         run.bytes + datagram.size() <= max_run_bytes && run.path == path;
}

void UdpSendBatch::store(ByteView datagram) {
  if (used_ + datagram.size() > bytes_.size()) {
    bytes_.resize(std::max(2 * bytes_.size(), used_ + datagram.size()));
  }
  std::memcpy(&bytes_[used_], datagram.data(), datagram.size());
  used_ += datagram.size();
}

bool UdpSendBatch::flush() {
  while (!empty()) {
    const std::size_t count = prepare_frames();
    ++counters_.send_calls;
    const int sent = call_(descriptor_, frames_->messages.data(), static_cast<unsigned>(count), 0);
    if (sent >= 0) {
      advance(static_cast<std::size_t>(sent));
    } else if (!handle_refusal(errno)) {
      blocked_ = true;
      return false;
    }
  }
  reset();
  return true;
}

std::size_t UdpSendBatch::prepare_frames() {
  const std::size_t count = std::min(max_runs, runs_.size() - next_run_);
  for (std::size_t i = 0; i < count; ++i) prepare(runs_[next_run_ + i], i);
  return count;
}

void UdpSendBatch::prepare(const Run& run, std::size_t index) {
  msghdr& message = frames_->messages[index].msg_hdr;
  frames_->vectors[index] = {&bytes_[run.offset], run.bytes};
  message.msg_name = &frames_->receivers[index];
  message.msg_namelen = write_system_address(run.path.remote, frames_->receivers[index]);
  message.msg_iov = &frames_->vectors[index];
  message.msg_iovlen = 1;
  message.msg_control = frames_->controls[index].data();
  message.msg_controllen = 0;
  if (!run.path.local.ip.is_unspecified()) append_source_address(run.path.local.ip, message);
  if (run.segments > 1) append_segment_size(static_cast<std::uint16_t>(run.segment_bytes), message);
}

void UdpSendBatch::advance(std::size_t sent_runs) {
  for (std::size_t i = 0; i < sent_runs; ++i) {
    counters_.sent += runs_[next_run_ + i].segments;
    if (runs_[next_run_ + i].segments > 1) refused_segments_ = 0;
  }
  next_run_ += sent_runs;
}

bool UdpSendBatch::handle_refusal(int code) {
  if (code == EINTR) return true;
  if (code == EAGAIN || code == EWOULDBLOCK) return false;
  const Run& run = runs_[next_run_];
  // EIO: the device has no checksum offload. EINVAL and EMSGSIZE: segments above the path's MTU, which one
  // by one are fragmented, or a source address that has gone, which fails again below.
  if (run.segments > 1 && (code == EIO || code == EINVAL || code == EMSGSIZE || code == EOPNOTSUPP)) {
    if (code == EIO || ++refused_segments_ >= max_refused_segments) segmenting_ = false;
    split_head();
    return true;
  }
  // Unreachable, filtered, no buffers, an ICMP error of an earlier datagram: lost like one lost on the way.
  counters_.dropped_send += run.segments;
  ++next_run_;
  return true;
}

void UdpSendBatch::split_head() {
  const Run run = runs_[next_run_];
  std::vector<Run> singles;
  for (std::size_t at = 0; at < run.bytes; at += run.segment_bytes) {
    const std::size_t bytes = std::min(run.segment_bytes, run.bytes - at);
    singles.push_back({run.path, run.offset + at, bytes, bytes, 1, true});
  }
  const auto head = runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(next_run_));
  runs_.insert(head, singles.begin(), singles.end());
}

void UdpSendBatch::reset() {
  runs_.clear();
  next_run_ = 0;
  used_ = 0;
  if (blocked_) {  // The backlog's memory is not needed in steady state.
    blocked_ = false;
    bytes_.resize(std::min(bytes_.size(), full_bytes + max_run_bytes));
    bytes_.shrink_to_fit();
  }
}

}  // namespace flnet::io
