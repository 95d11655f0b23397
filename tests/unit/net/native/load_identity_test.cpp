// SPDX-License-Identifier: MIT OR Apache-2.0
// The identity that a program keeps.
#include "support/finished.hpp"
#include "support/stored_identities.hpp"
#include "support/temporary_folder.hpp"

#include <flnet/data_storage.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(LoadOrCreateIdentity, creates_one_and_finds_it_again) {
  const TemporaryFolder folder;
  const auto created = finished(load_or_create_identity(*folder_storage(folder.path()), "node.json"));
  ASSERT_TRUE(created) << to_string(created.error());
  EXPECT_EQ(folder.read("node.json"), created->to_json() + "\n");
  EXPECT_EQ(folder.mode_of("node.json"), 0600U);
  const auto loaded = finished(load_or_create_identity(*folder_storage(folder.path()), "node.json"));
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(*loaded, *created);
}

TEST(LoadOrCreateIdentity, loads_any_form_and_leaves_the_file_as_it_was) {
  const TemporaryFolder folder;
  for (const auto& text : {stored::yaml_v1, stored::yaml_v2, stored::toml_v1}) {
    folder.write("node", text);
    const auto loaded = finished(load_or_create_identity(*folder_storage(folder.path()), "node"));
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    EXPECT_EQ(*loaded, stored::amber_heron());
    EXPECT_EQ(folder.read("node"), text);
  }
}

TEST(LoadOrCreateIdentity, keeps_what_an_older_document_lacked) {
  for (const auto* text : {"", "[v1.our_node]\ninfo = 'Amber Heron'\nclient = 'libc'\n"}) {
    const auto storage = memory_storage();
    ASSERT_TRUE(finished(storage->set("node", text)));
    const auto first = finished(load_or_create_identity(*storage, "node"));
    ASSERT_TRUE(first) << to_string(first.error());
    const auto second = finished(load_or_create_identity(*storage, "node"));
    ASSERT_TRUE(second) << to_string(second.error());
    EXPECT_EQ(*second, *first);
  }
}

TEST(LoadOrCreateIdentity, says_where_a_damaged_file_is_damaged_and_leaves_it) {
  const TemporaryFolder folder;
  const std::string damaged = stored::changed(stored::yaml_v1, "SWZA==", "SWZA=");
  folder.write("node", damaged);
  const auto loaded = finished(load_or_create_identity(*folder_storage(folder.path()), "node"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::invalid_message);
  EXPECT_EQ(loaded.error().detail.substr(0, 28), "node: NodeConfigV1.keypair: ") << loaded.error().detail;
  EXPECT_EQ(folder.read("node"), damaged);
}

TEST(LoadOrCreateIdentity, is_no_identity_when_it_could_not_be_kept) {
  const TemporaryFolder folder;
  folder.write("file", "");
  const auto created = finished(load_or_create_identity(*folder_storage(folder.path() + "/file"), "node"));
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::storage);
}

}  // namespace
}  // namespace flnet
