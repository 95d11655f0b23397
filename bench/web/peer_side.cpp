// SPDX-License-Identifier: MIT OR Apache-2.0
// One side of a measurement over PeerConnection, native or in a page: peer_side count | echo | flood SIZE |
// rounds NUMBER
//   The last two offer. Words in: offer, answer, candidate, count. Words out: the same three, open, counted,
//   times.
#include "words.hpp"

#include <flnet/flnet.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet::bench {
namespace {

constexpr std::size_t warm_up_rounds = 200;
constexpr std::array<std::string_view, 4> kinds{"init", "offer", "answer", "candidate"};

struct Role {
  std::string name;
  std::size_t number = 0;

  bool offers() const { return name == "flood" || name == "rounds"; }
};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string text_of(const PeerMessage::Any& message) {
  if (const auto* offer = std::get_if<PeerMessage::Offer>(&message)) return offer->sdp;
  if (const auto* answer = std::get_if<PeerMessage::Answer>(&message)) return answer->sdp;
  if (const auto* candidate = std::get_if<PeerMessage::IceCandidate>(&message)) return candidate->line;
  return {};
}

class Side {
 public:
  Side(PeerConnection connection, Role role)
      : connection_(std::move(connection)),
        role_(std::move(role)),
        listener_(listen([this](std::string_view word) { hear(word); })) {}

  Task<Result<>> play();

 private:
  static Task<> tell_setups(PeerConnection& connection);
  void hear(std::string_view word);
  Task<Result<>> count();
  Task<Result<>> echo();
  Task<Result<>> flood();
  Task<Result<>> rounds();

  PeerConnection connection_;
  Role role_;
  std::uint64_t bytes_ = 0, messages_ = 0;
  JobSet jobs_;
  std::unique_ptr<Listener> listener_;
};

Task<> Side::tell_setups(PeerConnection& connection) {
  while (const auto message = co_await connection.next_setup())
    tell(std::string(kinds.at(message->index())) + ' ' + text_of(*message));
}

void Side::hear(std::string_view word) {
  const std::string_view kind = word.substr(0, word.find(' '));
  std::string text(word.substr(std::min(word.size(), kind.size() + 1)));
  Result<> taken;
  if (kind == "offer") taken = connection_.setup(PeerMessage::Offer{std::move(text)});
  if (kind == "answer") taken = connection_.setup(PeerMessage::Answer{std::move(text)});
  if (kind == "candidate") taken = connection_.setup(PeerMessage::IceCandidate{std::move(text)});
  if (kind == "count") {
    tell("counted " + std::to_string(bytes_) + ' ' + std::to_string(messages_) + ' ' +
         std::to_string(seconds(now().time_since_epoch())));
  }
  if (!taken) std::fprintf(stderr, "peer_side: %s\n", to_string(taken.error()).c_str());
}

Task<Result<>> Side::play() {
  jobs_.add(tell_setups(connection_));
  if (role_.offers()) {
    if (auto offered = connection_.connect(); !offered) co_return offered;
  }
  if (auto opened = co_await connection_.opened(); !opened) co_return opened;
  tell("open");
  if (role_.name == "count") co_return co_await count();
  if (role_.name == "echo") co_return co_await echo();
  if (role_.name == "flood") co_return co_await flood();
  co_return co_await rounds();
}

Task<Result<>> Side::count() {
  while (const auto message = co_await connection_.recv()) {
    bytes_ += message->bytes.size();
    ++messages_;
  }
  co_return Result<>{};
}

Task<Result<>> Side::echo() {
  while (auto message = co_await connection_.recv())
    if (auto sent = co_await connection_.send(*std::move(message)); !sent) co_return sent;
  co_return Result<>{};
}

Task<Result<>> Side::flood() {
  const Message message = Message::from_binary(Bytes(role_.number, 7));
  while (true) {
    while (connection_.try_send(message.view())) {
    }
    if (auto sent = co_await connection_.send(message); !sent) co_return sent;
  }
}

Task<Result<>> Side::rounds() {
  const Message message = Message::from_binary(Bytes(64, 7));
  std::string times = "times";
  for (std::size_t round = 0; round < role_.number + warm_up_rounds; ++round) {
    const Time started = now();
    if (auto sent = connection_.try_send(message.view()); !sent) co_return sent;
    if (!co_await connection_.recv()) break;
    if (round >= warm_up_rounds) times += ' ' + std::to_string((now() - started) / 1us);
  }
  tell(times);
  co_await stop_requested();
  co_return Result<>{};
}

Task<> run_side(Role role) {
  // Nothing listens there: it says that the other side is on this machine, too.
  auto connection = PeerConnection::open("ws://localhost");
  if (!connection) co_return fail(connection.error());
  Side side(*std::move(connection), std::move(role));
  const auto played = co_await side.play();
  if (!played) co_return fail(played.error());
}

}  // namespace
}  // namespace flnet::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: peer_side count | echo | flood SIZE | rounds NUMBER\n");
    return 2;
  }
  const auto number = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  return flnet::run(flnet::bench::run_side({.name = argv[1], .number = number}));
}
