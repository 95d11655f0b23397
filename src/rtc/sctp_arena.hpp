// SPDX-License-Identifier: MIT OR Apache-2.0
// PayloadArena: where message bytes wait, packed into shared blocks so that a message costs no allocation.
#pragma once

#include <flnet/bytes.hpp>

#include <memory>
#include <vector>

namespace flnet::rtc {

/// Bytes are stored once and given back piece by piece, in any order. A block is freed when all of its bytes
/// were given back; while one block suffices it is used again and again.
class PayloadArena {
 public:
  static constexpr std::size_t block_size = 16 * 1024;

  struct Block {
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t capacity = 0;
    std::size_t used = 0;
    std::size_t live = 0;   ///< Stored and not yet given back.
    std::size_t index = 0;  ///< In blocks_.
  };

  struct Piece {
    const std::uint8_t* data = nullptr;
    Block* block = nullptr;
  };

  /// Copies `bytes`, which lie in one piece then; not empty.
  Piece store(ByteView bytes);
  /// `size` bytes of what was stored in `block` are needed no more.
  void release(Block* block, std::size_t size);
  /// Gives the last block back when nothing is stored.
  void trim();

  /// Memory of all blocks that hold something.
  std::size_t allocated() const { return allocated_; }

 private:
  Block& open_block(std::size_t capacity);
  void free_block(Block* block);
  Block& block_for(std::size_t size);

  std::vector<std::unique_ptr<Block>> blocks_;
  Block* open_ = nullptr;  ///< Being filled.
  std::size_t allocated_ = 0;
};

}  // namespace flnet::rtc
