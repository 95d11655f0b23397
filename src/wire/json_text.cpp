// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds JSON documents under limits: the parser reports events, and the builder stops it at the first
// that goes too far, so that nothing deep or wide is ever built.
#include "wire/json_text.hpp"

#include "wire/signal_message.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace flnet::wire {
namespace {

class DocumentBuilder final : public nlohmann::json_sax<Json> {
 public:
  Json& document() { return document_; }
  const std::string& fault() const { return fault_; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return stop("binary data"); }

  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Json& object = *open_.back();
    if (object.size() >= max_json_fields) return stop("an object of too many fields");
    // Fields are few (see above), so that looking for a double is cheap.
    if (object.contains(name)) return stop("a field twice");
    field_ = &object[name];
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return stop("no JSON at byte " + std::to_string(position));
  }

 private:
  Json* place(Json value) {
    if (open_.empty()) {
      document_ = std::move(value);
      return &document_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    *field_ = std::move(value);
    return field_;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() >= max_json_depth) return stop("nested too deep");
    // The pointer holds: a parent does not grow while its child is open.
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool stop(std::string why) {
    fault_ = std::move(why);
    return false;
  }

  Json document_;
  std::vector<Json*> open_;
  Json* field_ = nullptr;
  std::string fault_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return failure(ErrorCode::too_large, "JSON of " + std::to_string(text.size()) + " bytes; at most " +
                                             std::to_string(max_bytes) + " are read");
  }
  // The parser would take a zero byte for the end.
  if (text.find('\0') != std::string_view::npos) return failure(ErrorCode::invalid_message, "a zero byte");
  DocumentBuilder builder;
  if (!Json::sax_parse(text, &builder)) return failure(ErrorCode::invalid_message, builder.fault());
  return std::move(builder.document());
}

std::string write_json(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace flnet::wire
