// SPDX-License-Identifier: MIT OR Apache-2.0
// JsonCursor: reads a document, JSON or what has the same shape, strictly and remembers where the first fault
// was.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/u256.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::wire {

/// The first fault met while reading a document.
class JsonFault {
 public:
  void note(std::string place, std::string_view why);
  bool noted() const { return error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

/// A place in a document. Reading something that isn't there, or is of another kind, notes a fault and
/// gives an empty value; so a reader reads a whole structure straight on and asks once at the end whether
/// it was good. Refers to the document, the fault, its name and the cursor it came from: all outlive it.
class JsonCursor {
 public:
  /// `name` is how error messages call the whole document; it may be empty.
  JsonCursor(const TextTree& document, std::string_view name, JsonFault& fault)
      : value_(&document), name_(name), fault_(&fault) {}

  /// A field that must be there.
  JsonCursor field(std::string_view name) const;
  bool has(std::string_view name) const;
  /// A fault unless this is an object.
  void expect_object() const;
  /// How many elements an array has; a fault when there are more than `max`.
  std::size_t elements(std::size_t max) const;
  JsonCursor element(std::size_t index) const;

  /// How many fields or elements it has; none when it can have neither.
  std::size_t size() const;

  bool is_null() const;
  /// serde's form of a variant with data: the one key of an object that has exactly one.
  std::string_view only_key() const;
  /// A variant's name: a bare string when it is one without data, else `only_key`.
  std::string_view variant_name() const;
  /// A fault unless this is a variant without data.
  void expect_no_data() const;

  std::string text(std::size_t max_bytes) const;
  std::size_t text_size() const;
  std::uint64_t number(std::uint64_t max) const;
  std::uint32_t number_u32() const;
  /// Hex digits as U256::parse reads them.
  U256 u256() const;
  /// Base64 of exactly `out.size()` bytes.
  void base64(ByteSpan out) const;
  /// Two hex digits for each of exactly `out.size()` bytes.
  void hex(ByteSpan out) const;

  void fault(std::string_view why) const;
  /// The same place, its faults noted elsewhere.
  JsonCursor with_fault(JsonFault& fault) const;
  bool good() const { return !fault_->noted(); }
  /// "ListIDsReply[3].pubkey"
  std::string place() const;

 private:
  JsonCursor(const TextTree* value, const JsonCursor* parent, std::string_view name, std::size_t index)
      : value_(value), parent_(parent), name_(name), index_(index), fault_(parent->fault_) {}
  void copy_bytes(const Result<Bytes>& bytes, ByteSpan out) const;
  const std::string* as_string() const;
  const TextTree* find(std::string_view name) const;

  const TextTree* value_;  ///< Null after a fault.
  const JsonCursor* parent_ = nullptr;
  std::string_view name_;  ///< Of the field; empty for an array's element.
  std::size_t index_ = 0;
  JsonFault* fault_;
};

}  // namespace flnet::wire
