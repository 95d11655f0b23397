// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads YAML by yaml-cpp's events, so that a document that goes too far is stopped where it does; nothing
// of yaml-cpp, and none of its exceptions, leaves this file.
#include "io/identity_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <optional>
#include <sstream>

namespace flnet::io {
namespace {

/// Thrown through the parser, which has no other way to stop.
struct Refusal {
  YAML::Mark mark;
  std::string why;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TextTree& tree() { return tree_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) throw Refusal{mark, "more than one document"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    expect_plain(mark, {}, anchor);
    place(mark, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refusal{mark, "an alias"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    expect_plain(mark, tag, anchor);
    if (wants_name()) {
      start_field(mark, value);
    } else {
      place(mark, TextTree{value});
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    expect_plain(mark, tag, anchor);
    open(mark, TextTree{TextTree::List{}});
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    expect_plain(mark, tag, anchor);
    open(mark, TextTree{TextTree::Table{}});
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  /// A list or table whose end has not come, and in a table the field that waits for its value.
  struct Open {
    TextTree* tree;
    std::optional<std::string> field;
  };

  /// "?" and "!" are how the parser marks plain and quoted scalars.
  static void expect_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refusal{mark, "an anchor"};
    if (!tag.empty() && tag != "?" && tag != "!") throw Refusal{mark, "a tag"};
  }

  bool wants_name() const {
    return !open_.empty() && std::holds_alternative<TextTree::Table>(open_.back().tree->value) &&
           !open_.back().field;
  }

  void start_field(const YAML::Mark& mark, const std::string& name) {
    const auto& fields = std::get<TextTree::Table>(open_.back().tree->value);
    if (fields.size() >= max_text_tree_fields) throw Refusal{mark, "too many fields"};
    if (std::ranges::any_of(fields, [&](const auto& field) { return field.name == name; })) {
      throw Refusal{mark, "a field twice"};
    }
    open_.back().field = name;
  }

  TextTree* place(const YAML::Mark& mark, TextTree value) {
    if (open_.empty()) {
      tree_ = std::move(value);
      return &tree_;
    }
    if (wants_name()) throw Refusal{mark, "a field whose name is no word"};
    Open& parent = open_.back();
    if (auto* list = std::get_if<TextTree::List>(&parent.tree->value)) {
      return &list->emplace_back(std::move(value));
    }
    auto& table = std::get<TextTree::Table>(parent.tree->value);
    table.push_back({std::move(*parent.field), std::move(value)});
    parent.field.reset();
    return &table.back().value;
  }

  void open(const YAML::Mark& mark, TextTree value) {
    if (open_.size() >= max_text_tree_depth) throw Refusal{mark, "nested too deep"};
    // The pointer holds: a parent does not grow while its child is open.
    open_.push_back({place(mark, std::move(value)), {}});
  }

  TextTree tree_;
  std::vector<Open> open_;
  bool started_ = false;
};

Error fault(const YAML::Mark& mark, std::string_view why) {
  const auto counted_from_one = [](int at) { return static_cast<std::size_t>(std::max(at, 0)) + 1; };
  return identity_text_fault("YAML", counted_from_one(mark.line), counted_from_one(mark.column), why);
}

}  // namespace

Result<TextTree> read_yaml(std::string_view text) {
  if (auto good = check_identity_text(text); !good) return failure(good.error());
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return failure(fault(refusal.mark, refusal.why));
  } catch (const YAML::Exception& error) {
    return failure(fault(error.mark, error.msg));
  } catch (const std::exception& error) {
    return failure(ErrorCode::invalid_message, std::string("YAML: ") + error.what());
  }
  return std::move(builder.tree());
}

}  // namespace flnet::io
