// SPDX-License-Identifier: MIT OR Apache-2.0
// A thread that has other things to do just when a connection opens, as that of a page often has.
#include "live/net/live_connections.hpp"

namespace flnet::testing {
namespace {

/// Its first message leaves while the thread is busy; the others need the room that it had taken.
Task<> send_much_as_soon_as_it_may(PeerConnection& from, int count) {
  if (!(co_await from.opened())) co_return;
  EXPECT_TRUE(from.try_send(Message::from_binary(bytes_of(largest, 0)).view()));
  be_busy(100ms);
  for (int i = 1; i < count; ++i) {
    const Message message = Message::from_binary(bytes_of(largest, static_cast<std::uint8_t>(i)));
    const auto sent = co_await within(patience, from.send(message));
    EXPECT_TRUE(sent && sent->has_value()) << i;
    if (!sent) co_return;
  }
}

Task<> first_message(bool by_offerer) {
  constexpr int count = 20;  // 5 MiB: more than any platform buffers.
  Pair pair;
  JobSet jobs;
  jobs.add(send_much_as_soon_as_it_may(by_offerer ? pair.a : pair.b, count));
  if (!co_await pair.connect()) co_return;
  co_await hear_numbered(by_offerer ? pair.b : pair.a, count);
  co_await jobs.empty();
}
TEST(BusyThread, finds_room_again_when_the_offerer_sends_at_once) {
  run_test(first_message(true));
}
TEST(BusyThread, finds_room_again_when_the_answerer_sends_at_once) {
  run_test(first_message(false));
}

/// The other side is in the same thread: it hears of both, words and end, when that has time again.
Task<> say_goodbye(PeerConnection& from) {
  if (!(co_await from.opened())) co_return;
  EXPECT_TRUE((co_await from.send(Message::from_text("last words"))).has_value());
  JobSet closing;
  closing.add([](PeerConnection& one) -> Task<> { EXPECT_TRUE((co_await one.close()).has_value()); }(from));
  be_busy(100ms);
  co_await closing.empty();
}

Task<> last_words() {
  Pair pair;
  JobSet jobs;
  jobs.add(say_goodbye(pair.a));
  EXPECT_TRUE(pair.a.connect());
  EXPECT_EQ(co_await hear(pair.b), Message::from_text("last words"));
  EXPECT_EQ(co_await hear(pair.b), std::nullopt);
  EXPECT_EQ((co_await pair.b.closed()).code, ErrorCode::closed);
  co_await jobs.empty();
}
TEST(BusyThread, hears_the_last_words_of_who_opens_and_closes_at_once) {
  run_test(last_words());
}

}  // namespace
}  // namespace flnet::testing
