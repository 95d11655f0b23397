// SPDX-License-Identifier: MIT OR Apache-2.0
// Ring: a queue in one piece of memory.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace flnet {

/// A growing circular buffer with an index. Unlike std::deque it costs nothing while nothing was stored,
/// never allocates at a steady size, and is a few instructions an element type, which as WASM counts. It
/// doubles when full.
template <class T>
class Ring {
 public:
  Ring() = default;
  Ring(Ring&& other) noexcept { swap(other); }
  Ring& operator=(Ring&& other) noexcept {
    Ring taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Ring() { clear(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }

  T& operator[](std::size_t index) { return *slot(index); }
  const T& operator[](std::size_t index) const { return *slot(index); }
  T& front() { return *slot(0); }
  T& back() { return *slot(size_ - 1); }

  void push_back(T value) {
    if (size_ == capacity_) grow();
    std::construct_at(slots_ + place(size_), std::move(value));
    ++size_;
  }

  void pop_front(std::size_t count = 1) {
    assert(count <= size_);
    if constexpr (!std::is_trivially_destructible_v<T>)
      for (std::size_t i = 0; i < count; ++i) std::destroy_at(slot(i));
    head_ = place(count);
    size_ -= count;
  }

  /// The first element. The memory of a burst goes back when nothing is left of it.
  T take_front() {
    T value = std::move(front());
    pop_front();
    if (capacity_ > most_kept) release_if_empty();
    return value;
  }

  /// Gives the memory back when nothing is stored.
  void release_if_empty() {
    if (size_ != 0 || capacity_ == 0) return;
    std::allocator<T>().deallocate(slots_, capacity_);
    slots_ = nullptr;
    head_ = capacity_ = 0;
  }
  void clear() {
    pop_front(size_);
    release_if_empty();
  }

 private:
  static constexpr std::size_t first_capacity = 8;
  static constexpr std::size_t most_kept = 64;

  std::size_t place(std::size_t index) const { return (head_ + index) & (capacity_ - 1); }
  T* slot(std::size_t index) const {
    assert(index < size_);
    return slots_ + place(index);
  }

  void grow() {
    Ring larger;
    larger.capacity_ = capacity_ == 0 ? first_capacity : capacity_ * 2;
    larger.slots_ = std::allocator<T>().allocate(larger.capacity_);
    for (; larger.size_ < size_; ++larger.size_)
      std::construct_at(larger.slots_ + larger.size_, std::move(*slot(larger.size_)));
    swap(larger);
  }

  void swap(Ring& other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(head_, other.head_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* slots_ = nullptr;  // Owned; elements live in `size_` slots from `head_` on.
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  ///< A power of two, or 0.
};

}  // namespace flnet
