// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of UdpSendBatch: runs, limits, and a system that refuses.
#include "io/native/udp_send_batch.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <vector>

namespace flnet::io {
namespace {

/// What one message of sendmmsg asked for.
struct Sent {
  SocketAddress to;
  std::size_t bytes = 0;
  std::size_t segment_bytes = 0;
  std::uint8_t first = 0;
};

class UdpSendBatchTest : public ::testing::Test {
 protected:
  /// Takes each message, or says with an errno why not.
  int send(mmsghdr* messages, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      const Sent asked = read(messages[i].msg_hdr);
      const int refused = refuse ? refuse(asked) : 0;
      if (refused != 0) {
        errno = refused;
        return i == 0 ? -1 : static_cast<int>(i);
      }
      sent.push_back(asked);
    }
    return static_cast<int>(count);
  }
  static Sent read(const msghdr& message) {
    Sent asked;
    asked.to = read_system_address(*static_cast<SystemAddress*>(message.msg_name));
    asked.bytes = message.msg_iov->iov_len;
    asked.first = *static_cast<const std::uint8_t*>(message.msg_iov->iov_base);
    for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(const_cast<msghdr*>(&message), control)) {
      if (control->cmsg_level != IPPROTO_UDP || control->cmsg_type != UDP_SEGMENT) continue;
      std::uint16_t bytes = 0;
      std::memcpy(&bytes, CMSG_DATA(control), sizeof(bytes));
      asked.segment_bytes = bytes;
    }
    return asked;
  }
  static rtc::DatagramPath to(std::uint16_t port) {
    return {{IpAddress::v4({10, 0, 0, 1}), 1}, {IpAddress::v4({10, 0, 0, 2}), port}};
  }
  bool append(std::uint16_t port, std::size_t size, std::uint8_t first = 0) {
    Bytes bytes(size);
    if (size > 0) bytes[0] = first;
    return batch.append(to(port), bytes);
  }

  std::vector<Sent> sent;
  std::function<int(const Sent&)> refuse;
  UdpPortCounters counters;
  UdpSendBatch batch{7, true, counters, [this](int descriptor, mmsghdr* messages, unsigned count, int) {
                       EXPECT_EQ(descriptor, 7);
                       return send(messages, count);
                     }};
};

TEST_F(UdpSendBatchTest, ends_a_run_at_a_shorter_a_longer_or_another_path_datagram) {
  append(1, 100);
  append(1, 100);
  append(1, 60);  // ends the first run
  append(1, 60);  // second
  append(1, 61);  // longer: third
  append(2, 61);  // fourth
  append(1, 61);  // fifth
  EXPECT_TRUE(batch.flush());
  ASSERT_EQ(sent.size(), 5U);
  EXPECT_EQ(sent[0].bytes, 260U);
  EXPECT_EQ(sent[0].segment_bytes, 100U);
  EXPECT_EQ(sent[1].segment_bytes, 0U);
  EXPECT_EQ(sent[3].to.port, 2);
  EXPECT_EQ(counters.sent, 7U);
  EXPECT_EQ(counters.send_calls, 1U);
}

TEST_F(UdpSendBatchTest, keeps_runs_within_64_segments_and_one_ip_packet) {
  for (int i = 0; i < 65; ++i) append(1, 10);
  for (int i = 0; i < 60; ++i) append(2, 1200);
  EXPECT_TRUE(batch.flush());
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].bytes, 640U);
  EXPECT_EQ(sent[1].bytes, 10U);
  EXPECT_EQ(sent[2].bytes, 54U * 1200);
  EXPECT_EQ(sent[3].bytes, 6U * 1200);
}

TEST_F(UdpSendBatchTest, says_when_it_is_full) {
  int count = 1;
  while (!append(1, 1200)) ++count;
  EXPECT_EQ(static_cast<std::size_t>(count), UdpSendBatch::full_bytes / 1200 + 1);
  EXPECT_TRUE(batch.flush());
  count = 1;
  while (!append(static_cast<std::uint16_t>(count), 10)) ++count;
  EXPECT_EQ(static_cast<std::size_t>(count), UdpSendBatch::max_runs);
}

TEST_F(UdpSendBatchTest, keeps_what_a_full_socket_does_not_take_in_order) {
  append(1, 100, 1);
  append(2, 100, 2);
  append(3, 100, 3);
  refuse = [](const Sent& asked) { return asked.to.port == 2 ? EAGAIN : 0; };
  EXPECT_FALSE(batch.flush());
  EXPECT_EQ(counters.sent, 1U);
  append(3, 100, 4);
  refuse = nullptr;
  EXPECT_TRUE(batch.flush());
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].first, 2);
  EXPECT_EQ(sent[2].first, 3);
  EXPECT_EQ(sent[2].segment_bytes, 100U) << "the run went on growing";
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(counters.dropped_send, 0U);
}

TEST_F(UdpSendBatchTest, bounds_the_backlog_and_counts_what_is_beyond) {
  append(1, 1200);
  refuse = [](const Sent&) { return EAGAIN; };
  EXPECT_FALSE(batch.flush());
  for (int i = 0; i < 10000; ++i) EXPECT_FALSE(append(1, 1200));
  const auto kept = UdpSendBatch::backlog_limit_bytes / 1200;
  EXPECT_EQ(counters.dropped_send, 10001 - kept);
  refuse = nullptr;
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.sent, kept);

  append(1, 1200);
  refuse = [](const Sent&) { return EAGAIN; };
  EXPECT_FALSE(batch.flush());
  for (std::uint16_t port = 2; port < 10000; ++port) append(port, 1);
  EXPECT_EQ(counters.dropped_send, 10001 - kept + 9999 - UdpSendBatch::backlog_limit_runs);
}

TEST_F(UdpSendBatchTest, gives_up_segments_for_good_when_the_device_can_not) {
  refuse = [](const Sent& asked) { return asked.segment_bytes != 0 ? EIO : 0; };
  for (int i = 0; i < 10; ++i) append(1, 100, static_cast<std::uint8_t>(i));
  append(1, 50, 10);
  EXPECT_TRUE(batch.flush());
  ASSERT_EQ(sent.size(), 11U);
  for (std::uint8_t i = 0; i < 11; ++i) EXPECT_EQ(sent[i].first, i);
  EXPECT_EQ(sent[10].bytes, 50U);
  EXPECT_EQ(counters.sent, 11U);
  const auto calls = counters.send_calls;
  for (int i = 0; i < 10; ++i) append(1, 100);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.send_calls, calls + 1);
  EXPECT_EQ(counters.dropped_send, 0U);
}

TEST_F(UdpSendBatchTest, splits_runs_above_the_mtu_but_tries_segments_again) {
  refuse = [](const Sent& asked) { return asked.segment_bytes > 1400 ? EINVAL : 0; };
  append(1, 1500);
  append(1, 1500);
  append(2, 1200);
  append(2, 1200);
  EXPECT_TRUE(batch.flush());
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[2].segment_bytes, 1200U);
  for (int i = 0; i < 20; ++i) {
    append(1, 1500);
    append(1, 1500);
    EXPECT_TRUE(batch.flush());
  }
  EXPECT_EQ(counters.sent, 44U);
  const auto calls = counters.send_calls;
  append(1, 1500);
  append(1, 1500);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.send_calls, calls + 1) << "after enough refusals it stops trying";
}

TEST_F(UdpSendBatchTest, drops_only_the_run_that_is_refused) {
  refuse = [](const Sent& asked) { return asked.to.port == 2 ? ENETUNREACH : 0; };
  append(1, 100);
  append(2, 100);
  append(2, 100);
  append(3, 100);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.sent, 2U);
  EXPECT_EQ(counters.dropped_send, 2U);
  refuse = [](const Sent& asked) { return asked.to.port == 2 ? EINVAL : 0; };
  append(2, 100);
  append(2, 100);
  append(1, 100);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.sent, 3U);
  EXPECT_EQ(counters.dropped_send, 4U);
}

TEST_F(UdpSendBatchTest, refuses_what_is_no_datagram) {
  append(1, 0);
  append(1, 65508);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(counters.dropped_send, 2U);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(counters.send_calls, 0U);
}

}  // namespace
}  // namespace flnet::io
