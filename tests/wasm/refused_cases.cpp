// SPDX-License-Identifier: MIT OR Apache-2.0
// What a platform refuses arrives as an Error. argv[1]: a signalling server's URL; argv[2]: what has been
// taken away.
#include "cases.hpp"

#include "io/keys.hpp"

#include <flnet/data_storage.hpp>
#include <flnet/flnet.hpp>

#include <string>
#include <string_view>

namespace flnet::testing {
namespace {

std::string& server_url() {
  static std::string url;
  return url;
}

ErrorCode code_of(const auto& result) {
  return result ? ErrorCode::system : result.error().code;
}

// --- The page is not a secure context: it has no crypto.subtle.

Task<> everything_with_keys_says_unsupported() {
  const auto key = co_await io::public_key(io::Seed{});
  EXPECT_EQ(code_of(key), ErrorCode::unsupported);
  if (!key) EXPECT_NE(key.error().detail.find("secure context"), std::string::npos) << key.error().detail;
  EXPECT_EQ(code_of(co_await io::sign(io::Seed{}, {1})), ErrorCode::unsupported);
  EXPECT_EQ(code_of(co_await NodeConfig::generate()), ErrorCode::unsupported);
  const auto storage = memory_storage();
  EXPECT_EQ(code_of(co_await load_or_create_identity(*storage, "node")), ErrorCode::unsupported);
}

// --- IndexedDB is refused, or there is none.

Task<> storage_says(ErrorCode expected) {
  const auto storage = folder_storage("flnet-refused");
  EXPECT_EQ(code_of(co_await storage->get("a")), expected);
  EXPECT_EQ(code_of(co_await storage->set("a", "x")), expected);
  EXPECT_EQ(code_of(co_await storage->remove("a")), expected);
  EXPECT_EQ(code_of(co_await load_or_create_identity(*storage, "node")), expected);
}
Task<> refused_storage_is_an_error_of_storage() {
  return storage_says(ErrorCode::storage);
}
Task<> no_storage_is_unsupported() {
  return storage_says(ErrorCode::unsupported);
}

// --- There is no WebRTC, or it makes no connection.

Task<> no_web_rtc_is_unsupported() {
  EXPECT_EQ(code_of(PeerPort::open()), ErrorCode::unsupported);
  const auto config = co_await NodeConfig::generate();
  EXPECT_TRUE(config);
  if (!config) co_return;
  EXPECT_EQ(code_of(co_await network_start(*config, server_url())), ErrorCode::unsupported);
}
Task<> a_refused_connection_is_an_error_of_the_system() {
  auto connection = PeerConnection::open();
  EXPECT_TRUE(connection.has_value());
  if (!connection) co_return;
  EXPECT_TRUE(connection->connect());
  const auto opened = co_await connection->opened();
  EXPECT_EQ(code_of(opened), ErrorCode::system);
  if (!opened) EXPECT_NE(opened.error().detail.find("no more"), std::string::npos) << opened.error().detail;
}

// --- Nothing is missing.

Task<> descriptions_that_the_platform_refuses_end_the_connection() {
  auto connection = PeerConnection::open();
  auto other = PeerConnection::open();
  EXPECT_TRUE(connection && other);
  if (!connection || !other || !other->connect()) co_return;
  auto offer = co_await other->next_setup();
  EXPECT_TRUE(offer && std::holds_alternative<PeerMessage::Offer>(*offer));
  if (!offer || !std::holds_alternative<PeerMessage::Offer>(*offer)) co_return;
  // Readable for flnet; but no platform takes a line without a type.
  auto& sdp = std::get<PeerMessage::Offer>(*offer).sdp;
  sdp += "this is no line\r\n";
  const auto taken = connection->setup(*offer);
  if (!taken) co_return;  // It was read more strictly still.
  const auto opened = co_await connection->opened();
  EXPECT_EQ(code_of(opened), ErrorCode::invalid_message);
}
Task<> a_closed_connection_says_so() {
  auto connection = PeerConnection::open();
  EXPECT_TRUE(connection.has_value());
  if (!connection) co_return;
  EXPECT_TRUE(connection->connect());
  EXPECT_TRUE(co_await connection->close());
  EXPECT_EQ(code_of(co_await connection->opened()), ErrorCode::closed);
  EXPECT_EQ(code_of(co_await connection->send(Message::from_text("late"))), ErrorCode::closed);
  EXPECT_EQ(code_of(connection->setup(PeerMessage::IceCandidate{})), ErrorCode::closed);
}

std::vector<Case> cases_without(std::string_view taken_away) {
  if (taken_away == "secure context")
    return {{"everything_with_keys_says_unsupported", everything_with_keys_says_unsupported}};
  if (taken_away == "permission to store")
    return {{"refused_storage_is_an_error_of_storage", refused_storage_is_an_error_of_storage}};
  if (taken_away == "storage") return {{"no_storage_is_unsupported", no_storage_is_unsupported}};
  if (taken_away == "WebRTC") return {{"no_web_rtc_is_unsupported", no_web_rtc_is_unsupported}};
  if (taken_away == "more connections")
    return {
        {"a_refused_connection_is_an_error_of_the_system", a_refused_connection_is_an_error_of_the_system}};
  if (taken_away == "nothing")
    return {{"descriptions_that_the_platform_refuses_end_the_connection",
             descriptions_that_the_platform_refuses_end_the_connection},
            {"a_closed_connection_says_so", a_closed_connection_says_so}};
  return {};
}

}  // namespace
}  // namespace flnet::testing

int main(int argc, char** argv) {
  const auto cases = argc < 3 ? std::vector<flnet::testing::Case>{} : flnet::testing::cases_without(argv[2]);
  if (cases.empty()) {
    std::fprintf(stderr, "usage: refused_cases SIGNAL-URL WHAT-IS-TAKEN-AWAY\n");
    return 2;
  }
  flnet::testing::server_url() = argv[1];
  return flnet::run(flnet::testing::run_cases(cases));
}
