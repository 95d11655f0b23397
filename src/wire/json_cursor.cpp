// SPDX-License-Identifier: MIT OR Apache-2.0
// Strict reading of JSON values, with the place in each fault.
#include "wire/json_cursor.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <limits>

namespace flnet::wire {
namespace {

/// What the value holds when it is of that kind.
template <class Kind>
const Kind* get(const TextTree* value) {
  return value == nullptr ? nullptr : std::get_if<Kind>(&value->value);
}

}  // namespace

void JsonFault::note(std::string place, std::string_view why) {
  if (error_) return;
  if (!place.empty()) place += ": ";
  error_ = Error{ErrorCode::invalid_message, place.append(why)};
}

JsonCursor JsonCursor::field(std::string_view name) const {
  expect_object();
  const TextTree* found = find(name);
  JsonCursor child(found, this, name, 0);
  if (found == nullptr) child.fault("is missing");
  return child;
}

bool JsonCursor::has(std::string_view name) const {
  return find(name) != nullptr;
}

const TextTree* JsonCursor::find(std::string_view name) const {
  const auto* fields = get<TextTree::Table>(value_);
  if (fields == nullptr) return nullptr;
  const auto found = std::ranges::find(*fields, name, &TextTree::Field::name);
  return found == fields->end() ? nullptr : &found->value;
}

void JsonCursor::expect_object() const {
  if (value_ != nullptr && get<TextTree::Table>(value_) == nullptr) fault("must be an object");
}

std::size_t JsonCursor::elements(std::size_t max) const {
  if (value_ == nullptr) return 0;
  const auto* list = get<TextTree::List>(value_);
  if (list == nullptr) {
    fault("must be an array");
    return 0;
  }
  if (list->size() > max) {
    fault("has more than " + std::to_string(max) + " elements");
    return 0;
  }
  return list->size();
}

JsonCursor JsonCursor::element(std::size_t index) const {
  const auto* list = get<TextTree::List>(value_);
  const bool there = list != nullptr && index < list->size();
  JsonCursor child(there ? &(*list)[index] : nullptr, this, {}, index);
  if (!there) child.fault("is missing");
  return child;
}

std::size_t JsonCursor::size() const {
  if (const auto* fields = get<TextTree::Table>(value_)) return fields->size();
  const auto* list = get<TextTree::List>(value_);
  return list == nullptr ? 0 : list->size();
}

bool JsonCursor::is_null() const {
  return get<std::monostate>(value_) != nullptr;
}

std::string_view JsonCursor::only_key() const {
  if (value_ == nullptr) return {};
  const auto* fields = get<TextTree::Table>(value_);
  if (fields != nullptr && fields->size() == 1) return fields->front().name;
  fault("must be an object with exactly one field");
  return {};
}

std::string_view JsonCursor::variant_name() const {
  if (const auto* name = get<std::string>(value_)) return *name;
  return only_key();
}

void JsonCursor::expect_no_data() const {
  if (value_ != nullptr && get<std::string>(value_) == nullptr) fault("must be a bare string");
}

const std::string* JsonCursor::as_string() const {
  const auto* text = get<std::string>(value_);
  if (value_ != nullptr && text == nullptr) fault("must be a string");
  return text;
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
  const auto* number = get<std::uint64_t>(value_);
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
