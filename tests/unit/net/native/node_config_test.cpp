// SPDX-License-Identifier: MIT OR Apache-2.0
// A node's identity: made, stored and loaded again.
#include "support/finished.hpp"

#include <flnet/node_info.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(NodeConfig, is_stored_and_loaded_without_loss) {
  const NodeConfig config = *finished(NodeConfig::generate());
  EXPECT_FALSE(config.info.name.empty());
  EXPECT_EQ(config.info.client, "libc");
  const auto loaded = finished(NodeConfig::from_json(config.to_json()));
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(*loaded, config);
  EXPECT_NE(finished(NodeConfig::generate())->info.id(), config.info.id());
}

TEST(NodeConfig, refuses_a_public_key_that_does_not_belong_to_the_seed) {
  NodeConfig config = *finished(NodeConfig::generate());
  config.info.public_key = finished(NodeConfig::generate())->info.public_key;
  const auto loaded = finished(NodeConfig::from_json(config.to_json()));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::invalid_message);
  EXPECT_NE(loaded.error().detail.find("keypair"), std::string::npos);
}

TEST(NodeConfig, signs_what_its_info_verifies) {
  const NodeConfig config = *finished(NodeConfig::generate());
  const Bytes challenge(32, 7);
  const auto signature = finished(config.sign(challenge));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(finished(config.info.verify(challenge, *signature)));
  EXPECT_FALSE(finished(config.info.verify(Bytes(32, 8), *signature)));
  Signature damaged = *signature;
  damaged[3] ^= 1;
  EXPECT_FALSE(finished(config.info.verify(challenge, damaged)));
  EXPECT_FALSE(finished(finished(NodeConfig::generate())->info.verify(challenge, *signature)));
}

TEST(NodeConfig, may_be_loaded_from_text_that_is_gone_meanwhile) {
  const NodeConfig config = *finished(NodeConfig::generate());
  auto task = NodeConfig::from_json(std::string(config.to_json()));
  EXPECT_TRUE(finished(std::move(task)));
}

}  // namespace
}  // namespace flnet
