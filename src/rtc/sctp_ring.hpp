// SPDX-License-Identifier: MIT OR Apache-2.0
// Ring: a queue of plain records with an index, that keeps its memory while it is in use.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace flnet::rtc {

/// A growing circular buffer. Unlike std::deque it costs nothing while empty and never allocates at a
/// steady size; it doubles when full and gives its memory back only when told to.
template <class T>
class Ring {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }

  T& operator[](std::size_t index) {
    assert(index < size_);
    return slots_[(head_ + index) & (capacity_ - 1)];
  }
  const T& operator[](std::size_t index) const {
    assert(index < size_);
    return slots_[(head_ + index) & (capacity_ - 1)];
  }
  T& front() { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }

  void push_back(const T& value) {
    if (size_ == capacity_) grow();
    slots_[(head_ + size_) & (capacity_ - 1)] = value;
    ++size_;
  }

  void pop_front(std::size_t count = 1) {
    assert(count <= size_);
    head_ = capacity_ == 0 ? 0 : (head_ + count) & (capacity_ - 1);
    size_ -= count;
  }

  /// Gives the memory back when nothing is stored.
  void release_if_empty() {
    if (size_ != 0) return;
    slots_.reset();
    head_ = capacity_ = 0;
  }

 private:
  static constexpr std::size_t first_capacity = 8;

  void grow() {
    const std::size_t capacity = capacity_ == 0 ? first_capacity : capacity_ * 2;
    auto slots = std::make_unique_for_overwrite<T[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i) slots[i] = (*this)[i];
    slots_ = std::move(slots);
    capacity_ = capacity;
    head_ = 0;
  }

  std::unique_ptr<T[]> slots_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  ///< A power of two.
};

}  // namespace flnet::rtc
