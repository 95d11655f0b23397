// SPDX-License-Identifier: MIT OR Apache-2.0
// Values kept in a folder or in memory.
#include "support/finished.hpp"
#include "support/temporary_folder.hpp"

#include <flnet/data_storage.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using std::filesystem::path;

std::optional<std::string> value_of(DataStorage& storage, std::string name) {
  auto value = finished(storage.get(std::move(name)));
  EXPECT_TRUE(value) << to_string(value.error());
  return value ? *value : std::nullopt;
}

void keeps_replaces_and_removes_values(DataStorage& storage) {
  EXPECT_EQ(value_of(storage, "a"), std::nullopt);
  EXPECT_TRUE(finished(storage.set("a", std::string("one\0two", 7))));
  EXPECT_TRUE(finished(storage.set("b", "")));
  EXPECT_EQ(value_of(storage, "a"), std::string("one\0two", 7));
  EXPECT_EQ(value_of(storage, "b"), "");
  EXPECT_TRUE(finished(storage.set("a", "three")));
  EXPECT_EQ(value_of(storage, "a"), "three");
  EXPECT_TRUE(finished(storage.remove("a")));
  EXPECT_TRUE(finished(storage.remove("a")));
  EXPECT_EQ(value_of(storage, "a"), std::nullopt);
  EXPECT_EQ(value_of(storage, "b"), "");
}

void refuses_names_and_sizes(DataStorage& storage) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("../a"),
        std::string("/a"), std::string("a\\b"), std::string("C:a"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xff"), std::string("*"), std::string(" a"), std::string("a "),
        std::string(201, 'a')}) {
    EXPECT_EQ(finished(storage.get(name)).error().code, ErrorCode::invalid_argument) << name;
    EXPECT_EQ(finished(storage.set(name, "x")).error().code, ErrorCode::invalid_argument) << name;
    EXPECT_EQ(finished(storage.remove(name)).error().code, ErrorCode::invalid_argument) << name;
  }
  for (const std::string& name : {std::string("my node.json"), std::string(".flnet"), std::string("Zoë-1_2"),
                                  std::string("..."), std::string(200, 'a')}) {
    EXPECT_TRUE(finished(storage.set(name, name))) << name;
    EXPECT_EQ(value_of(storage, name), name);
  }
  std::string large(DataStorage::max_value_bytes, 'x');
  EXPECT_TRUE(finished(storage.set("large", large)));
  EXPECT_EQ(value_of(storage, "large"), large);
  EXPECT_EQ(finished(storage.set("large", large + 'x')).error().code, ErrorCode::too_large);
  EXPECT_EQ(value_of(storage, "large"), large);
}

TEST(MemoryStorage, keeps_replaces_and_removes_values) {
  keeps_replaces_and_removes_values(*memory_storage());
}

TEST(MemoryStorage, refuses_names_that_are_none_and_values_that_are_too_large) {
  refuses_names_and_sizes(*memory_storage());
}

TEST(FolderStorage, keeps_replaces_and_removes_values) {
  const TemporaryFolder folder;
  keeps_replaces_and_removes_values(*folder_storage(folder.path()));
}

TEST(FolderStorage, refuses_names_that_are_none_and_values_that_are_too_large) {
  const TemporaryFolder folder;
  refuses_names_and_sizes(*folder_storage(folder.path()));
}

TEST(FolderStorage, makes_its_folders_and_files_for_the_owner_only) {
  const TemporaryFolder folder;
  const std::string inner = (path(folder.path()) / "new" / "inner").string();
  const auto storage = folder_storage(inner);
  EXPECT_EQ(value_of(*storage, "key"), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(inner));
  ASSERT_TRUE(finished(storage->set("key", "secret")));
  EXPECT_EQ(folder.mode_of("new"), 0700U);
  EXPECT_EQ(folder.mode_of("new/inner"), 0700U);
  EXPECT_EQ(folder.mode_of("new/inner/key"), 0600U);
}

TEST(FolderStorage, leaves_the_mode_of_a_folder_that_was_there_but_not_of_a_file) {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  folder.write("key", "old");
  std::filesystem::permissions(path(folder.path()) / "key", std::filesystem::perms(0644));
  ASSERT_TRUE(finished(folder_storage(folder.path())->set("key", "new")));
  EXPECT_EQ(folder.mode_of(""), 0755U);
  EXPECT_EQ(folder.mode_of("key"), 0600U);
}

// Whoever has the old file open goes on reading the old value: it is replaced, never written to.
TEST(FolderStorage, replaces_a_file_as_a_whole) {
  const TemporaryFolder folder;
  folder.write("key", "old");
  std::filesystem::create_hard_link(path(folder.path()) / "key", path(folder.path()) / "other name");
  ASSERT_TRUE(finished(folder_storage(folder.path())->set("key", "new")));
  EXPECT_EQ(folder.read("key"), "new");
  EXPECT_EQ(folder.read("other name"), "old");
  EXPECT_EQ(folder.files(), 2U);
}

TEST(FolderStorage, reports_what_it_cannot_read_write_or_remove_and_leaves_nothing_behind) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(path(folder.path()) / "key" / "inner");
  const auto storage = folder_storage(folder.path());
  const auto read = finished(storage->get("key"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::storage);
  EXPECT_NE(read.error().detail.find("key is no regular file"), std::string::npos) << read.error().detail;
  EXPECT_EQ(finished(storage->set("key", "x")).error().code, ErrorCode::storage);
  EXPECT_EQ(finished(storage->remove("key")).error().code, ErrorCode::storage);
  EXPECT_EQ(folder.files(), 1U);
}

TEST(FolderStorage, reports_a_folder_that_is_none) {
  const TemporaryFolder folder;
  folder.write("file", "");
  const auto storage = folder_storage((path(folder.path()) / "file").string());
  const auto written = finished(storage->set("key", "x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::storage);
  EXPECT_NE(written.error().detail.find("file"), std::string::npos) << written.error().detail;
  EXPECT_EQ(finished(storage->get("key")).error().code, ErrorCode::storage);
  EXPECT_EQ(finished(folder_storage("/proc/no such folder")->set("key", "x")).error().code,
            ErrorCode::storage);
}

TEST(FolderStorage, reports_a_folder_that_may_not_be_written_to) {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0500));
  if (folder.is_writable_nevertheless()) GTEST_SKIP() << "root may write everywhere";
  const auto written = finished(folder_storage(folder.path())->set("key", "x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::storage);
}

TEST(FolderStorage, does_not_read_more_than_a_value_may_have) {
  const TemporaryFolder folder;
  folder.write("key", std::string(DataStorage::max_value_bytes + 1, 'x'));
  EXPECT_EQ(finished(folder_storage(folder.path())->get("key")).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace flnet
