// SPDX-License-Identifier: MIT OR Apache-2.0
// Strict reading of JSON values, with the place in each fault.
#include "wire/json_cursor.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace flnet::wire {

void JsonFault::note(std::string place, std::string_view why) {
  if (error_) return;
  if (!place.empty()) place += ": ";
  error_ = Error{ErrorCode::invalid_message, place.append(why)};
}

JsonCursor JsonCursor::field(std::string_view name) const {
  const Json* found = nullptr;
  if (value_ != nullptr) {
    if (!value_->is_object()) {
      fault("must be an object");
    } else if (const auto at = value_->find(name); at != value_->end()) {
      found = &*at;
    }
  }
  JsonCursor child(found, this, name, 0);
  if (found == nullptr) child.fault("is missing");
  return child;
}

bool JsonCursor::has(std::string_view name) const {
  return value_ != nullptr && value_->is_object() && value_->find(name) != value_->end();
}

void JsonCursor::expect_object() const {
  if (value_ != nullptr && !value_->is_object()) fault("must be an object");
}

std::size_t JsonCursor::elements(std::size_t max) const {
  if (value_ == nullptr) return 0;
  if (!value_->is_array()) {
    fault("must be an array");
    return 0;
  }
  if (value_->size() > max) {
    fault("has more than " + std::to_string(max) + " elements");
    return 0;
  }
  return value_->size();
}

JsonCursor JsonCursor::element(std::size_t index) const {
  const bool there = value_ != nullptr && value_->is_array() && index < value_->size();
  JsonCursor child(there ? &(*value_)[index] : nullptr, this, {}, index);
  if (!there) child.fault("is missing");
  return child;
}

bool JsonCursor::is_null() const {
  return value_ != nullptr && value_->is_null();
}

std::string_view JsonCursor::only_key() const {
  if (value_ == nullptr) return {};
  if (value_->is_object() && value_->size() == 1) return value_->begin().key();
  fault("must be an object with exactly one field");
  return {};
}

std::string_view JsonCursor::variant_name() const {
  if (value_ != nullptr && value_->is_string()) return *value_->get_ptr<const std::string*>();
  return only_key();
}

void JsonCursor::expect_no_data() const {
  if (value_ != nullptr && !value_->is_string()) fault("must be a bare string");
}

const std::string* JsonCursor::as_string() const {
  if (value_ == nullptr) return nullptr;
  if (!value_->is_string()) {
    fault("must be a string");
    return nullptr;
  }
  return value_->get_ptr<const std::string*>();
}

std::string JsonCursor::text(std::size_t max_bytes) const {
  const std::string* text = as_string();
  if (text == nullptr) return {};
  if (text->size() > max_bytes) {
    fault("is longer than " + std::to_string(max_bytes) + " bytes");
    return {};
  }
  return *text;
}

std::size_t JsonCursor::text_size() const {
  const std::string* text = as_string();
  return text == nullptr ? 0 : text->size();
}

std::uint64_t JsonCursor::number(std::uint64_t max) const {
  if (value_ == nullptr) return 0;
  const auto* number = value_->get_ptr<const Json::number_unsigned_t*>();
  if (number == nullptr || *number > max) {
    fault("must be a whole number of at most " + std::to_string(max));
    return 0;
  }
  return *number;
}

std::uint32_t JsonCursor::number_u32() const {
  return static_cast<std::uint32_t>(number(std::numeric_limits<std::uint32_t>::max()));
}

U256 JsonCursor::u256() const {
  const std::string* text = as_string();
  if (text == nullptr) return {};
  const Result<U256> value = U256::parse(*text);
  if (!value) fault("must be at most 64 hex digits");
  return value.value_or(U256{});
}

void JsonCursor::base64(ByteSpan out) const {
  if (const std::string* text = as_string()) copy_bytes(base64_decode(*text), out);
}

void JsonCursor::hex(ByteSpan out) const {
  if (const std::string* text = as_string()) copy_bytes(hex_decode(*text), out);
}

void JsonCursor::copy_bytes(const Result<Bytes>& bytes, ByteSpan out) const {
  if (!bytes) {
    fault(bytes.error().detail);
  } else if (bytes->size() != out.size()) {
    fault("must stand for " + std::to_string(out.size()) + " bytes");
  } else {
    std::ranges::copy(*bytes, out.begin());
  }
}

void JsonCursor::fault(std::string_view why) const {
  if (good()) fault_->note(place(), why);
}

JsonCursor JsonCursor::with_fault(JsonFault& fault) const {
  JsonCursor same = *this;
  same.fault_ = &fault;
  return same;
}

std::string JsonCursor::place() const {
  std::string place = parent_ != nullptr ? parent_->place() : std::string{};
  if (name_.empty() && parent_ != nullptr) return place + "[" + std::to_string(index_) + "]";
  if (!place.empty()) place += '.';
  return place.append(name_);
}

}  // namespace flnet::wire
