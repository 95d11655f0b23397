// SPDX-License-Identifier: MIT OR Apache-2.0
// A node that sends an echoing node texts and bytes of many sizes and compares what returns. Native, Node, or
// page.
#include <flnet/flnet.hpp>

#include <array>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;
using flnet::Error;
using flnet::ErrorCode;
using flnet::failure;
using flnet::Message;
using flnet::MessageKind;
using flnet::NetReply;
using flnet::Network;
using flnet::NodeID;
using flnet::Result;
using flnet::Task;

constexpr std::array<std::size_t, 7> sizes{1, 2, 1000, 1200, 16 * 1024, 64 * 1024, 256 * 1024};

/// Bytes that differ from place to place, so that a lost or swapped piece shows.
Message pattern(std::size_t size) {
  flnet::Bytes bytes(size);
  std::uint32_t state = static_cast<std::uint32_t>(size) + 1;
  for (auto& byte : bytes) {
    state = state * 1103515245U + 12345U;
    byte = static_cast<std::uint8_t>(state >> 16U);
  }
  return Message::from_binary(std::move(bytes));
}

/// Exactly `size` bytes, where they fit with letters of one to four bytes, a zero, and a mark that readers
/// like to eat.
Message words(std::size_t size) {
  const std::string_view letters(
      "\xef\xbb\xbf"
      "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0",
      14);
  std::string text;
  while (text.size() + letters.size() <= size) text += letters;
  text.append(size - text.size(), 'x');
  return Message::from_text(text);
}

std::string describe(const Message& message) {
  return std::string(message.kind == MessageKind::text ? "text" : "binary") + " of " +
         std::to_string(message.bytes.size()) + " bytes";
}

/// Waits for a reply for which `wanted` is true; what else comes is passed over.
template <class Wanted>
Task<bool> await_reply(Network& net, Wanted wanted) {
  while (auto reply = co_await net.recv())
    if (wanted(*reply)) co_return true;
  co_return false;
}

Task<Result<>> until(Network& net, std::string_view what, flnet::Duration limit,
                     std::function<bool(const NetReply::Any&)> wanted) {
  const auto came = co_await flnet::within(limit, await_reply(net, std::move(wanted)));
  if (!came || !*came) co_return failure(ErrorCode::timed_out, "no " + std::string(what));
  co_return Result<>{};
}

Task<Result<>> meet(Network& net, NodeID peer) {
  const auto lists_peer = [peer](const NetReply::Any& reply) {
    const auto* list = std::get_if<NetReply::RcvWSUpdateList>(&reply);
    if (list == nullptr) return false;
    for (const auto& node : list->nodes)
      if (node.id() == peer) return true;
    return false;
  };
  for (int turn = 0; turn < 50; ++turn) {
    if (auto asked = net.send_list_request(); !asked) co_return asked;
    if (co_await until(net, "list", 200ms, lists_peer)) co_return Result<>{};
  }
  co_return failure(ErrorCode::unknown_peer, "the echoing node is not in the list");
}

Task<Result<>> expect_echo(Network& net, NodeID peer, const Message& sent) {
  Message returned;
  const auto from_peer = [peer, &returned](const NetReply::Any& reply) {
    const auto* received = std::get_if<NetReply::RcvNodeMessage>(&reply);
    if (received == nullptr || received->from != peer) return false;
    returned = received->message;
    return true;
  };
  auto came = co_await until(net, "echo of a " + describe(sent), 20s, from_peer);
  if (!came) co_return came;
  if (returned == sent) co_return Result<>{};
  co_return failure(ErrorCode::invalid_message,
                    "sent " + describe(sent) + ", got another " + describe(returned));
}

/// One by one, then all at once.
Task<Result<>> exchange(Network& net, NodeID peer) {
  std::vector<Message> messages;
  for (const std::size_t size : sizes) {
    messages.push_back(words(size));
    messages.push_back(pattern(size));
  }
  for (const Message& message : messages) {
    if (auto sent = co_await net.send(peer, message); !sent) co_return sent;
    if (auto same = co_await expect_echo(net, peer, message); !same) co_return same;
  }
  for (const Message& message : messages)
    if (auto sent = co_await net.send(peer, message); !sent) co_return sent;
  for (const Message& message : messages)
    if (auto same = co_await expect_echo(net, peer, message); !same) co_return same;
  co_return Result<>{};
}

Task<Result<>> ask(std::string url, NodeID peer, bool waits) {
  auto net = co_await flnet::network_start(*co_await flnet::NodeConfig::generate(), url);
  if (!net) co_return failure(net.error());
  if (auto met = co_await meet(*net, peer); !met) co_return met;
  const auto connected = [peer](const NetReply::Any& reply) {
    const auto* link = std::get_if<NetReply::Connected>(&reply);
    return link != nullptr && link->peer == peer;
  };
  if (waits && !net->connected(peer))
    if (auto started = co_await until(*net, "connection by the peer", 20s, connected); !started)
      co_return started;
  if (auto good = co_await exchange(*net, peer); !good) co_return good;
  co_return co_await net->close();
}

Task<> run_ask(std::string url, NodeID peer, bool waits) {
  const auto done = co_await flnet::within(100s, ask(std::move(url), peer, waits));
  if (!done) co_return flnet::fail(Error{ErrorCode::timed_out, "the whole took too long"});
  if (!*done) co_return flnet::fail(done->error());
  std::printf("all echoes are right\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const auto peer = NodeID::parse(argc > 2 ? argv[2] : "none");
  if (!peer) {
    std::fprintf(stderr, "usage: ask_node SIGNAL-URL PEER-ID [wait]\n");
    return 2;
  }
  return flnet::run(run_ask(argv[1], *peer, argc > 3 && std::string_view(argv[3]) == "wait"));
}
