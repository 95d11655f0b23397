// SPDX-License-Identifier: MIT OR Apache-2.0
// A node that makes a PeerConnection with another one, over the network's messages as its signalling. Both
// restart ICE: in turn, then at once, while both talk. Native, Node, or page.
#include <flnet/flnet.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;
using flnet::Error;
using flnet::ErrorCode;
using flnet::failure;
using flnet::JobSet;
using flnet::Message;
using flnet::Network;
using flnet::NodeID;
using flnet::PeerConnection;
using flnet::PeerMessage;
using flnet::Result;
using flnet::Task;

/// Longer than a restart may take: between Chromium and Firefox one now and then does not come to a new path.
constexpr flnet::Duration patience = 40s;
/// Not many: a page that nobody sees gets its timers once a second.
constexpr int messages_after_each_step = 5;

std::string written(const PeerMessage::Any& message) {
  if (const auto* offer = std::get_if<PeerMessage::Offer>(&message)) return "O" + offer->sdp;
  if (const auto* answer = std::get_if<PeerMessage::Answer>(&message)) return "A" + answer->sdp;
  if (const auto* candidate = std::get_if<PeerMessage::IceCandidate>(&message)) return "C" + candidate->line;
  return "I";
}
PeerMessage::Any read(std::string_view text) {
  const std::string rest(text.substr(text.empty() ? 0 : 1));
  if (text.starts_with('O')) return PeerMessage::Offer{rest};
  if (text.starts_with('A')) return PeerMessage::Answer{rest};
  if (text.starts_with('C')) return PeerMessage::IceCandidate{rest};
  return PeerMessage::Init{};
}

std::string ufrag_of(const std::string& description) {
  constexpr std::string_view name = "a=ice-ufrag:";
  const std::size_t at = description.find(name);
  if (at == std::string::npos) return "";
  const std::size_t first = at + name.size();
  return description.substr(first, description.find_first_of("\r\n", first) - first);
}

struct Options {
  std::string url;
  std::optional<NodeID> peer;
  flnet::Duration signalling_delay{};
};

class Side {
 public:
  Side(Network& network, PeerConnection connection, Options options)
      : network_(network),
        connection_(std::move(connection)),
        peer_(options.peer),
        signalling_delay_(options.signalling_delay) {}

  Task<Result<>> run(bool begins) {
    jobs_.add(carry_out());
    jobs_.add(carry_in());
    if (begins) {
      if (auto begun = connection_.connect(); !begun) co_return begun;
    }
    if (auto opened = co_await connection_.opened(); !opened) co_return opened;
    jobs_.add(speak());
    jobs_.add(listen());
    auto done = co_await restarts(begins);
    if (!done) co_return done;
    enough_ = true;
    const auto both_are_through = [this] { return peer_is_through_ && is_through_; };
    if (auto all = co_await until("the peer's end", both_are_through); !all) co_return all;
    if (wrong_) co_return failure(ErrorCode::invalid_message, "a message is missing or in the wrong place");
    // The peer waits for our end, too: closing delivers it. Who closes second hears that it is closed.
    [[maybe_unused]] const auto closed = co_await connection_.close();
    co_return Result<>{};
  }

 private:
  /// The one that began goes first, then the other one, then both.
  Task<Result<>> restarts(bool begins) {
    // The peer's next step may begin before we know that it has ended this one.
    std::string ours = our_ufrag_, theirs = their_ufrag_;
    if (auto open = co_await until("message of the peer", [this] { return heard_ > 0; }); !open)
      co_return open;
    for (int step = 1; step <= 3; ++step) {
      if (step == 3 || (step == 1) == begins) {
        if (auto begun = co_await restart(); !begun) co_return begun;
      }
      const auto both_are_new = [&] { return our_ufrag_ != ours && their_ufrag_ != theirs; };
      if (auto seen = co_await until("new ufrags", both_are_new); !seen) co_return seen;
      ours = our_ufrag_;
      theirs = their_ufrag_;
      const int wanted = heard_ + messages_after_each_step;
      if (auto more = co_await until("messages", [&] { return heard_ >= wanted; }); !more) co_return more;
      std::printf("step %d: %s, %s, now from %s to %s\n", step, our_ufrag_.c_str(), their_ufrag_.c_str(),
                  connection_.state().local_address.c_str(), connection_.state().remote_address.c_str());
      std::fflush(stdout);
      steps_ = step;
      if (auto both = co_await until("the peer's step", [&] { return peer_steps_ >= step; }); !both)
        co_return both;
    }
    co_return Result<>{};
  }

  /// As soon as none is under way.
  Task<Result<>> restart() {
    const flnet::Time give_up = flnet::now() + patience;
    Result<> begun = connection_.restart();
    while (!begun && begun.error().code == ErrorCode::invalid_argument && flnet::now() < give_up) {
      co_await flnet::sleep(20ms);
      begun = connection_.restart();
    }
    co_return begun;
  }

  template <class Condition>
  Task<Result<>> until(std::string what, Condition condition) {
    const flnet::Time give_up = flnet::now() + patience;
    while (!condition() && flnet::now() < give_up) co_await flnet::sleep(10ms);
    if (condition()) co_return Result<>{};
    co_return failure(ErrorCode::timed_out,
                      "no " + what + "; sent " + std::to_string(sent_) + ", heard " + std::to_string(heard_));
  }

  // What both say: the number of the message, how many steps are done, and whether it is the last one.
  Task<> speak() {
    while (!enough_) {
      co_await say(0);
      co_await flnet::sleep(5ms);
    }
    co_await say(1);
    is_through_ = true;
  }
  Task<> say(int last) {
    const std::string text =
        std::to_string(sent_) + " " + std::to_string(steps_) + " " + std::to_string(last);
    const Message message = Message::from_text(text);
    const auto sent = co_await connection_.send(message);
    if (!sent) flnet::fail(sent.error());
    ++sent_;
  }
  Task<> listen() {
    while (auto message = co_await connection_.recv()) {
      int number = -1, steps = 0, last = 0;
      const std::string text(message->text());
      if (std::sscanf(text.c_str(), "%d %d %d", &number, &steps, &last) != 3 || number != heard_) {
        std::fprintf(stderr, "message %d is '%.100s'\n", heard_, text.c_str());
        wrong_ = true;
      }
      ++heard_;
      peer_steps_ = steps;
      peer_is_through_ = last == 1;
    }
  }

  /// What is said of a restart, for who looks for the cause of a failure.
  static void note(const char* what, const std::string& text) {
    const std::string ufrag = ufrag_of(text);
    std::fprintf(stderr, "%s %c %s\n", what, text.front(), ufrag.c_str());
  }

  Task<> carry_out() {
    while (auto message = co_await connection_.next_setup()) {
      const std::string text = written(*message);
      if (const std::string ufrag = ufrag_of(text); !ufrag.empty()) our_ufrag_ = ufrag;
      if (steps_ > 0) note("says", text);
      jobs_.add(carry(text));
    }
  }
  /// As late as a signalling server far away would make it. Timers keep their order.
  Task<> carry(std::string text) {
    co_await flnet::sleep(signalling_delay_);
    const Message carried = Message::from_text(text);
    const auto sent = co_await network_.send(*peer_, carried);
    // A peer that is through needs no more candidates.
    if (!sent && !is_through_) flnet::fail(sent.error());
  }
  Task<> carry_in() {
    while (auto reply = co_await network_.recv()) {
      auto* received = std::get_if<flnet::NetReply::RcvNodeMessage>(&*reply);
      if (received == nullptr) continue;
      peer_ = received->from;
      const std::string text(received->message.text());
      const auto taken = connection_.setup(read(text));
      // Of two restarts that meet one is refused.
      if (steps_ > 0) note(taken ? "hears" : to_string(taken.error()).c_str(), text);
      if (const std::string ufrag = ufrag_of(text); taken && !ufrag.empty()) their_ufrag_ = ufrag;
    }
  }

  Network& network_;
  PeerConnection connection_;
  std::optional<NodeID> peer_;
  flnet::Duration signalling_delay_;
  std::string our_ufrag_, their_ufrag_;
  int sent_ = 0, heard_ = 0, steps_ = 0, peer_steps_ = 0;
  bool enough_ = false, is_through_ = false, peer_is_through_ = false, wrong_ = false;
  JobSet jobs_;
};

Task<Result<>> meet(Options options) {
  auto network = co_await flnet::network_start(*co_await flnet::NodeConfig::generate(), options.url);
  if (!network) co_return failure(network.error());
  std::printf("Our ID is %s\n", network->id().hex().c_str());
  std::fflush(stdout);
  auto connection = PeerConnection::open(flnet::ConnectionConfig(options.url));
  if (!connection) co_return failure(connection.error());
  Side side(*network, std::move(*connection), options);
  co_return co_await side.run(options.peer.has_value());
}

Task<> run(Options options) {
  const auto done = co_await flnet::within(100s, meet(std::move(options)));
  if (!done) co_return flnet::fail(Error{ErrorCode::timed_out, "the whole took too long"});
  if (!*done) co_return flnet::fail(done->error());
  std::printf("all messages came\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: restart_node SIGNAL-URL SIGNALLING-DELAY-IN-MS [PEER-ID]\n");
    return 2;
  }
  Options options{.url = argv[1],
                  .peer = {},
                  .signalling_delay = std::chrono::milliseconds(std::strtol(argv[2], nullptr, 10))};
  if (argc > 3) {
    const auto parsed = NodeID::parse(argv[3]);
    if (!parsed) return 2;
    options.peer = *parsed;
  }
  return flnet::run(run(std::move(options)));
}
