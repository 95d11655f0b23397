// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole exchanges between nodes and server as they stand on the wire, of both dialects and from both sides.
#include "protocol/signal_client.hpp"
#include "protocol/signal_hub.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

// The keys are those of the seeds 01…01 (Alice) and 02…02 (Bob), the signatures are Ed25519's over the
// challenge 00 01 … 1f.
#define CHALLENGE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ALICE "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
#define ALICE_64 "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
#define ALICE_SIGNS                                                  \
  "b97dfcddb50c3c713905ad30906619d05efedd04e713be6d799a8586b2775b34" \
  "d56177bc46409fb9cb5d247094c728d7e52773410d826d49c28ec0ffede25302"
#define ALICE_SIGNS_64 \
  "uX383bUMPHE5Ba0wkGYZ0F7+3QTnE75teZqFhrJ3WzTVYXe8RkCfuctdJHCUxyjX5SdzQQ2CbUnCjsD/7eJTAg=="
#define BOB "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"
#define BOB_64 "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q="
#define BOB_SIGNS                                                    \
  "a909bf6ba00b5d2b270a892c84380816735a6985c20bbb5263b7414e22d0f507" \
  "18566c8ca80e71ea25c5db48d78ae6cd31bcf0c86fec95992ff5e386cbd0270b"
#define BOB_SIGNS_64 \
  "qQm/a6ALXSsnCokshDgIFnNaaYXCC7tSY7dBTiLQ9QcYVmyMqA5x6iXF20jXiubNMbzwyG/slZkv9eOGy9AnCw=="
#define MODULES "STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE"
#define SETUP_OF(message) \
  "{\"PeerSetup\":{\"id_init\":\"" ALICE "\",\"id_follow\":\"" BOB "\",\"message\":" message "}}"

namespace flnet::protocol {
namespace {

const std::string challenge_line = R"({"Challenge":[3,")" CHALLENGE R"("]})";

struct NodeLines {
  std::string announce;
  std::string entry;  ///< How a list of this dialect names it.
};

const NodeLines alice_0_7{R"({"Announce":{"version":3,"challenge":")" CHALLENGE
                          R"(","node_info":{"name":"Alice","client":"libc","pubkey":")" ALICE_64
                          R"("},"signature":")" ALICE_SIGNS_64 R"("}})",
                          R"({"name":"Alice","client":"libc","pubkey":")" ALICE_64 R"("})"};
const NodeLines bob_0_7{R"({"Announce":{"version":3,"challenge":")" CHALLENGE
                        R"(","node_info":{"name":"Bob","client":"wasm","pubkey":")" BOB_64
                        R"("},"signature":")" BOB_SIGNS_64 R"("}})",
                        R"({"name":"Bob","client":"wasm","pubkey":")" BOB_64 R"("})"};
const NodeLines alice_0_10{R"({"Announce":{"version":3,"challenge":")" CHALLENGE
                           R"(","node_info":{"NodeInfoV3":{"name":"Alice","client":"libc","pubkey":")" ALICE
                           R"(","modules":")" MODULES R"("}},"signature":")" ALICE_SIGNS R"("}})",
                           R"({"NodeInfoV3":{"name":"Alice","client":"libc","pubkey":")" ALICE
                           R"(","modules":")" MODULES R"("}})"};
const NodeLines bob_0_10{R"({"Announce":{"version":3,"challenge":")" CHALLENGE
                         R"(","node_info":{"NodeInfoV3":{"name":"Bob","client":"wasm","pubkey":")" BOB
                         R"(","modules":")" MODULES R"("}},"signature":")" BOB_SIGNS R"("}})",
                         R"({"NodeInfoV3":{"name":"Bob","client":"wasm","pubkey":")" BOB
                         R"(","modules":")" MODULES R"("}})"};

/// The words of a session that Bob's Init asks for are the same in both dialects.
const std::vector<std::string> setup_of_alice{
    SETUP_OF(R"("Init")"),
    SETUP_OF(R"({"Answer":"v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"})"),
    SETUP_OF(R"({"IceCandidate":"candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host"})"),
    SETUP_OF(R"({"IceCandidate":""})"),
};
const std::vector<std::string> setup_of_bob{
    SETUP_OF(R"({"Offer":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"})"),
    SETUP_OF(R"({"IceCandidate":"candidate:2 1 udp 2130706431 192.0.2.2 40001 typ host"})"),
};

std::string list_of(const std::string& first, const std::string& second) {
  return R"({"ListIDsReply":[)" + first + (second.empty() ? "" : ",") + second + "]}";
}

/// Counts up from zero, which makes the challenge.
class CountingRandom final : public Random {
 public:
  void fill(ByteSpan bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  }
};

/// A hub whose clients say and hear lines; every signature is good.
class RecordedHub : public ::testing::Test {
 protected:
  void open(std::uint64_t client) { give(SignalHubInput::ClientOpened{ClientId{client}}); }
  void says(std::uint64_t client, const std::string& line) {
    give(SignalHubInput::Received{ClientId{client}, line});
  }
  /// The oldest line that the client has not heard yet; empty when there is none.
  std::string hears(std::uint64_t client) {
    auto& lines = lines_[ClientId{client}];
    if (lines.empty()) return {};
    std::string line = std::move(lines.front());
    lines.pop_front();
    return line;
  }
  void pass(Duration time) {
    now_ += time;
    SignalHub::Outbox out;
    hub_.handle_timeout(now_, out);
    carry_out(out);
  }

  /// The announce and the question for the list come back to back, before the signature is checked.
  void joins(std::uint64_t client, const NodeLines& node) {
    open(client);
    EXPECT_EQ(hears(client), challenge_line);
    says(client, node.announce);
    says(client, R"("ListIDsRequest")");
    ASSERT_EQ(to_verify_.size(), 1U);
    const auto check = std::exchange(to_verify_, {}).front();
    EXPECT_EQ(check.key.hex(), client == 1 ? ALICE : BOB);
    EXPECT_EQ(check.challenge.hex(), CHALLENGE);
    give(SignalHubInput::Verified{check.client, true});
  }
  void sets_up() {
    for (const auto& line : setup_of_alice) {
      says(1, line);
      EXPECT_EQ(hears(2), line);
    }
    for (const auto& line : setup_of_bob) {
      says(2, line);
      EXPECT_EQ(hears(1), line);
    }
    EXPECT_EQ(hears(1), "");
    EXPECT_EQ(hears(2), "");
  }

  std::vector<SignalHubOutput::Stats> stats_;

 private:
  void give(SignalHubInput::Any input) {
    SignalHub::Outbox out;
    hub_.handle(std::move(input), now_, out);
    carry_out(out);
  }
  void carry_out(const SignalHub::Outbox& out) {
    for (const auto& output : out) {
      if (const auto* text = std::get_if<SignalHubOutput::SendText>(&output))
        lines_[text->client].push_back(text->text);
      else if (const auto* check = std::get_if<SignalHubOutput::Verify>(&output))
        to_verify_.push_back(*check);
      else if (const auto* stats = std::get_if<SignalHubOutput::Stats>(&output))
        stats_.push_back(*stats);
    }
  }

  CountingRandom random_;
  SignalHub hub_{{}, random_};
  Time now_{};
  std::unordered_map<ClientId, std::deque<std::string>> lines_;
  std::vector<SignalHubOutput::Verify> to_verify_;
};

TEST_F(RecordedHub, serves_nodes_of_0_7) {
  joins(1, alice_0_7);
  EXPECT_EQ(hears(1), list_of(alice_0_7.entry, ""));
  joins(2, bob_0_7);
  EXPECT_EQ(hears(2), list_of(bob_0_7.entry, alice_0_7.entry));
  pass(1s);
  EXPECT_EQ(hears(1), "") << "nothing is pushed to 0.7";
  says(1, R"("ListIDsRequest")");
  EXPECT_EQ(hears(1), list_of(bob_0_7.entry, alice_0_7.entry));
  sets_up();
  says(1, R"({"NodeStats":[{"id":")" BOB R"(","version":"0.7.0","ping_ms":12,"ping_rx":3}]})");
  ASSERT_EQ(stats_.size(), 1U);
  EXPECT_EQ(stats_[0].from.hex(), ALICE);
  ASSERT_EQ(stats_[0].stats.stats.size(), 1U);
  EXPECT_EQ(stats_[0].stats.stats[0].ping_ms, 12U);
}

TEST_F(RecordedHub, serves_nodes_of_0_10) {
  const std::string system_config = R"({"SystemConfig":{"system_realm":null}})";
  joins(1, alice_0_10);
  EXPECT_EQ(hears(1), system_config);
  EXPECT_EQ(hears(1), list_of(alice_0_10.entry, ""));
  joins(2, bob_0_10);
  EXPECT_EQ(hears(2), system_config);
  EXPECT_EQ(hears(2), list_of(bob_0_10.entry, alice_0_10.entry));
  pass(1s);
  EXPECT_EQ(hears(1), list_of(bob_0_10.entry, alice_0_10.entry)) << "pushed";
  sets_up();
  says(2, bob_0_10.announce);
  EXPECT_EQ(hears(2), "") << "a second announce is ignored";
  open(3);
  EXPECT_EQ(hears(3), challenge_line);
  says(3, alice_0_10.announce);
  EXPECT_EQ(hears(1), "") << "not before the signature is checked";
}

/// A node that says and hears lines; what it would sign is signed by Alice.
class RecordedNode : public ::testing::Test {
 protected:
  RecordedNode() {
    give(SignalClientInput::Start{});
    give(SignalClientInput::SocketOpened{});
  }
  static SignalClientConfig config() {
    NodeInfo info{"Alice", "libc", *U256::parse(ALICE)};
    return {.info = std::move(info)};
  }

  void hears(const std::string& line) { give(SignalClientInput::Received{line}); }
  /// The oldest line that was not looked at yet; empty when there is none.
  std::string says() {
    if (lines_.empty()) return {};
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }
  void announces() {
    hears(challenge_line);
    EXPECT_EQ(says(), alice_0_10.announce);
    EXPECT_EQ(says(), alice_0_7.announce);
    EXPECT_EQ(says(), R"("ListIDsRequest")");
    EXPECT_EQ(says(), "");
  }
  void sets_up() {
    for (const auto& line : setup_of_bob) hears(line);
    ASSERT_EQ(setups_.size(), setup_of_bob.size());
    EXPECT_EQ(setups_[0].id_init.hex(), ALICE);
    EXPECT_EQ(setups_[0].id_follow.hex(), BOB);
    EXPECT_EQ(std::get<PeerMessage::Offer>(setups_[0].message).sdp,
              "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    EXPECT_EQ(std::get<PeerMessage::IceCandidate>(setups_[1].message).line,
              "candidate:2 1 udp 2130706431 192.0.2.2 40001 typ host");
    const std::vector<PeerMessage::Any> messages{
        PeerMessage::Init{}, PeerMessage::Answer{"v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"},
        PeerMessage::IceCandidate{"candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host"},
        PeerMessage::IceCandidate{""}};
    for (std::size_t i = 0; i < messages.size(); ++i) {
      give(SignalClientInput::SendSetup{{*U256::parse(ALICE), *U256::parse(BOB), messages[i]}});
      EXPECT_EQ(says(), setup_of_alice[i]);
    }
  }
  /// The dialect of Bob's entry in the latest list, whose first entry is Alice.
  wire::Dialect dialect_of_bob() const {
    EXPECT_EQ(listed_.size(), 2U);
    if (listed_.size() != 2) return {};
    EXPECT_EQ(listed_[0].info.id().hex(), ALICE);
    EXPECT_EQ(listed_[1].info.id().hex(), BOB);
    EXPECT_EQ(listed_[1].info.name, "Bob");
    return listed_[1].dialect;
  }

  std::optional<wire::Dialect> server_;

 private:
  void give(SignalClientInput::Any input) {
    SignalClient::Outbox out;
    client_.handle(std::move(input), now_, out);
    for (auto& output : out) carry_out(output);
  }
  void carry_out(SignalClientOutput::Any& output) {
    if (const auto* text = std::get_if<SignalClientOutput::SendText>(&output)) {
      lines_.push_back(text->text);
    } else if (const auto* sign = std::get_if<SignalClientOutput::Sign>(&output)) {
      EXPECT_EQ(sign->challenge.hex(), CHALLENGE);
      Signature signature{};
      std::ranges::copy(*hex_decode(ALICE_SIGNS), signature.begin());
      give(SignalClientInput::Signed{signature});
    } else if (const auto* announced = std::get_if<SignalClientOutput::Announced>(&output)) {
      server_ = announced->server_dialect;
    } else if (auto* list = std::get_if<SignalClientOutput::List>(&output)) {
      listed_ = std::move(list->nodes);
    } else if (const auto* setup = std::get_if<SignalClientOutput::Setup>(&output)) {
      setups_.push_back(setup->info);
    }
  }

  CountingRandom random_;
  SignalClient client_{config(), random_};
  Time now_{};
  std::deque<std::string> lines_;
  std::vector<wire::ListedNode> listed_;
  std::vector<PeerInfo> setups_;
};

TEST_F(RecordedNode, meets_a_server_of_0_7) {
  announces();
  EXPECT_FALSE(server_);
  hears(list_of(alice_0_7.entry, bob_0_7.entry));
  EXPECT_EQ(server_, wire::Dialect::v0_7);
  EXPECT_EQ(dialect_of_bob(), wire::Dialect::v0_7);
  sets_up();
}

TEST_F(RecordedNode, meets_a_server_of_0_10) {
  announces();
  hears(R"({"SystemConfig":{"system_realm":")" CHALLENGE R"("}})");
  EXPECT_FALSE(server_);
  hears(list_of(alice_0_10.entry, bob_0_10.entry));
  EXPECT_EQ(server_, wire::Dialect::v0_10);
  EXPECT_EQ(dialect_of_bob(), wire::Dialect::v0_10);
  sets_up();
}

}  // namespace
}  // namespace flnet::protocol
