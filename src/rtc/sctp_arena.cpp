// SPDX-License-Identifier: MIT OR Apache-2.0
// PayloadArena: blocks that are filled from one end and freed when their last byte is given back.
#include "rtc/sctp_arena.hpp"

#include <cassert>
#include <cstring>

namespace flnet::rtc {

PayloadArena::Piece PayloadArena::store(ByteView bytes) {
  assert(!bytes.empty());
  Block& block = block_for(bytes.size());
  if (block.live == 0) {
    block.used = 0;
    allocated_ += block.capacity;
  }
  std::uint8_t* at = block.bytes.get() + block.used;
  std::memcpy(at, bytes.data(), bytes.size());
  block.used += bytes.size();
  block.live += bytes.size();
  return {at, &block};
}

void PayloadArena::release(Block* block, std::size_t size) {
  assert(block->live >= size);
  block->live -= size;
  if (block->live != 0) return;
  allocated_ -= block->capacity;
  if (block != open_) free_block(block);
}

void PayloadArena::trim() {
  if (open_ == nullptr || open_->live != 0) return;
  free_block(open_);
  open_ = nullptr;
}

PayloadArena::Block& PayloadArena::block_for(std::size_t size) {
  // What would waste much of a shared block gets one of its own.
  if (size > block_size / 2) return open_block(size);
  if (open_ != nullptr && (open_->live == 0 || open_->used + size <= open_->capacity)) return *open_;
  open_ = &open_block(block_size);
  return *open_;
}

PayloadArena::Block& PayloadArena::open_block(std::size_t capacity) {
  auto block = std::make_unique<Block>();
  block->bytes = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  block->capacity = capacity;
  block->index = blocks_.size();
  blocks_.push_back(std::move(block));
  return *blocks_.back();
}

void PayloadArena::free_block(Block* block) {
  const std::size_t index = block->index;
  if (index + 1 != blocks_.size()) {
    std::swap(blocks_[index], blocks_.back());
    blocks_[index]->index = index;
  }
  blocks_.pop_back();
}

}  // namespace flnet::rtc
