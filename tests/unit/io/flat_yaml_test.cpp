// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader for the YAML of FLNet's Rust releases.
#include "io/flat_yaml.hpp"

#include "support/stored_identities.hpp"

#include <gtest/gtest.h>

namespace flnet::io {
namespace {

const TextTree* field(const TextTree& tree, std::string_view name) {
  const auto* table = std::get_if<TextTree::Table>(&tree.value);
  if (table == nullptr) return nullptr;
  for (const auto& each : *table)
    if (each.name == name) return &each.value;
  return nullptr;
}

/// The word at `path`, names between slashes; "(none)" when there is none.
std::string word(const TextTree& tree, std::string_view path) {
  const TextTree* at = &tree;
  while (at != nullptr && !path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    at = field(*at, name);
  }
  const auto* text = at == nullptr ? nullptr : std::get_if<std::string>(&at->value);
  return text == nullptr ? "(none)" : *text;
}

std::string word_of(std::string_view text, std::string_view path = "a") {
  const auto tree = read_flat_yaml(text);
  EXPECT_TRUE(tree) << text << ": " << to_string(tree.error());
  return tree ? word(*tree, path) : "";
}

std::string refusal_of(std::string_view text) {
  const auto tree = read_flat_yaml(text);
  EXPECT_FALSE(tree) << text;
  return tree ? "" : tree.error().detail;
}

TEST(FlatYaml, reads_the_identities_of_all_releases_that_wrote_yaml) {
  EXPECT_EQ(word_of(stored::yaml_v1, "NodeConfigV1/info/name"), "Amber Heron");
  EXPECT_EQ(word_of(stored::yaml_v1, "NodeConfigV1/info/pubkey"),
            "ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=");
  EXPECT_EQ(word_of(stored::yaml_v1_hex, "NodeConfigV1/info/modules"),
            "STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE");
  EXPECT_EQ(word_of(stored::yaml_v2, "NodeConfigV2/info/NodeInfoV3/name"), "Amber Heron");
  EXPECT_EQ(word_of(stored::yaml_v2, "NodeConfigV2/keypair").size(), 128U);
}

TEST(FlatYaml, a_table_ends_where_the_indentation_does) {
  const std::string text = "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n";
  EXPECT_EQ(word_of(text, "a/b/c"), "1");
  EXPECT_EQ(word_of(text, "a/d"), "2");
  EXPECT_EQ(word_of(text, "e"), "3");
}

TEST(FlatYaml, comments_empty_lines_and_spaces_at_the_end_mean_nothing) {
  EXPECT_EQ(word_of("# one\n\n--- \n  \na:   b c   # two\n # three\n"), "b c");
  EXPECT_EQ(word_of("a: b#c"), "b#c");
}

TEST(FlatYaml, an_empty_document_is_nothing) {
  for (const std::string_view text : {"", "\n", "---\n", "# nothing\n"}) {
    const auto tree = read_flat_yaml(text);
    ASSERT_TRUE(tree) << text;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(tree->value)) << text;
  }
}

TEST(FlatYaml, quoted_words_may_hold_anything) {
  EXPECT_EQ(word_of("a: 'it''s: # no comment'"), "it's: # no comment");
  EXPECT_EQ(word_of("a: ''"), "");
  EXPECT_EQ(word_of(R"(a: "\"\\\n\t\x41\u00e9\u20ac" # why)"), "\"\\\n\tA\xc3\xa9\xe2\x82\xac");
  EXPECT_EQ(word_of("a: Zo\xc3\xab"), "Zo\xc3\xab");
}

TEST(FlatYaml, refuses_what_the_releases_never_wrote) {
  for (const std::string_view text : {"- a",
                                      "a: [b]",
                                      "a: {b: c}",
                                      "a: |\n  b",
                                      "a: >\n  b",
                                      "a: &b c",
                                      "a: *b",
                                      "a: !b c",
                                      "a: ~",
                                      "a: null",
                                      "a: - b",
                                      "a: ? b",
                                      "a: b: c",
                                      "a: b:",
                                      "a",
                                      "a b: c",
                                      "'a': b",
                                      "? a : b",
                                      "null: a",
                                      "a: @b",
                                      "a: `b`",
                                      "%YAML 1.2\n---\na: b",
                                      "a: b\n---\nc: d",
                                      "--- a",
                                      "---\n---\n",
                                      "a: 'b",
                                      "a: 'b' c",
                                      "a: \"b",
                                      R"(a: "\q")",
                                      R"(a: "\x4")",
                                      R"(a: "\ud800")",
                                      "a:b",
                                      "a: b\n  c",
                                      "a: b\n  c: d",
                                      "  a: b\nc: d",
                                      "a:\n    b: c\n  d: e",
                                      "a: b\na: c",
                                      "a:",
                                      "a:\nb: c",
                                      "a:\tb",
                                      "a: b\r",
                                      "a: b\x7f",
                                      "..."}) {
    EXPECT_NE(refusal_of(text).find("YAML line "), std::string::npos) << text;
  }
}

TEST(FlatYaml, says_where_it_goes_wrong) {
  EXPECT_EQ(refusal_of("a:\n  b: c\n  d: [e]\n"), "YAML line 3, column 6: more YAML than FLNet writes");
}

TEST(FlatYaml, keeps_the_limits_of_a_tree) {
  std::string deep, wide;
  for (std::size_t depth = 0; depth <= max_text_tree_depth; ++depth) deep += std::string(depth, ' ') + "a:\n";
  EXPECT_NE(refusal_of(deep + std::string(max_text_tree_depth + 1, ' ') + "a: b").find("nested too deep"),
            std::string::npos);
  for (std::size_t at = 0; at <= max_text_tree_fields; ++at) wide += "a" + std::to_string(at) + ": b\n";
  EXPECT_NE(refusal_of(wide).find("too many fields"), std::string::npos);
  const auto large = read_flat_yaml(std::string(max_text_tree_bytes + 1, ' '));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace flnet::io
