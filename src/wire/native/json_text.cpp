// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds documents under limits: nlohmann's parser reports events, and the builder stops it at the first that
// goes too far, so that nothing deep or wide is ever built.
#include "wire/json_text.hpp"

#include "wire/json_limit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace flnet::wire {
namespace {

using Parser = nlohmann::json;

class DocumentBuilder final : public nlohmann::json_sax<Parser> {
 public:
  TextTree& document() { return document_; }
  const std::string& fault() const { return fault_; }

  bool null() override { return add({}); }
  bool boolean(bool /*value*/) override { return add({TextTree::Other{}}); }
  bool number_integer(number_integer_t /*value*/) override { return add({TextTree::Other{}}); }
  bool number_unsigned(number_unsigned_t value) override { return add({value}); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return add({TextTree::Other{}});
  }
  bool string(string_t& value) override { return add({std::move(value)}); }
  bool binary(binary_t& /*value*/) override { return stop("binary data"); }

  bool start_object(std::size_t /*elements*/) override { return open({TextTree::Table{}}); }
  bool start_array(std::size_t /*elements*/) override { return open({TextTree::List{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& fields = std::get<TextTree::Table>(open_.back()->value);
    if (fields.size() >= max_json_fields) return stop(json_fault::too_wide);
    // Fields are few (see above), so that looking for a double is cheap.
    if (std::ranges::find(fields, name, &TextTree::Field::name) != fields.end())
      return stop(json_fault::twice);
    fields.push_back({std::move(name), {}});
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return stop(json_fault::at_byte(position));
  }

 private:
  /// The pointer holds while the value is open: what it lies in does not grow then.
  TextTree* place(TextTree value) {
    TextTree* at = &document_;
    if (!open_.empty()) {
      auto* list = std::get_if<TextTree::List>(&open_.back()->value);
      at = list != nullptr ? &list->emplace_back()
                           : &std::get<TextTree::Table>(open_.back()->value).back().value;
    }
    *at = std::move(value);
    return at;
  }
  bool add(TextTree value) {
    place(std::move(value));
    return true;
  }
  bool open(TextTree container) {
    if (open_.size() >= max_json_depth) return stop(json_fault::too_deep);
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool stop(std::string_view why) {
    fault_ = why;
    return false;
  }

  TextTree document_;
  std::vector<TextTree*> open_;
  std::string fault_;
};

}  // namespace

Result<TextTree> parse_json(std::string_view text, std::size_t max_bytes) {
  if (const auto fits = check_json_size(text, max_bytes); !fits) return failure(fits.error());
  // The parser would take a zero byte for the end.
  if (text.find('\0') != std::string_view::npos) return failure(ErrorCode::invalid_message, "a zero byte");
  DocumentBuilder builder;
  if (!Parser::sax_parse(text, &builder)) return failure(ErrorCode::invalid_message, builder.fault());
  return std::move(builder.document());
}

}  // namespace flnet::wire
