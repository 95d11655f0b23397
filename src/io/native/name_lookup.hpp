// SPDX-License-Identifier: MIT OR Apache-2.0
// NameLookup: the addresses of a host's name, without making the loop wait for them.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/socket_address.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace flnet::io {

/// The system's resolver blocks, for half a minute when nobody answers it, and can't be cancelled. So each
/// lookup has a thread of its own, which nobody waits for: a lookup that ends after its NameLookup tells
/// nobody. Loop thread.
class NameLookup {
 public:
  /// Beyond, a lookup fails at once.
  static constexpr std::size_t max_threads = 16;
  /// Called on the loop, never within `look_up`; without addresses when the name leads nowhere.
  using Found = std::function<void(const std::vector<IpAddress>&)>;

  explicit NameLookup(Loop& loop);
  /// Stops all calls.
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  /// An address in text form needs no thread. There is no deadline but the system's.
  void look_up(const std::string& host, Found found);

 private:
  struct Door;
  void answer(std::uint64_t number, const std::vector<IpAddress>& addresses);
  bool start_thread(std::uint64_t number, const std::string& host);

  Loop& loop_;
  std::shared_ptr<Door> door_;  ///< Shared with the threads: the only thing of ours that they touch.
  std::unordered_map<std::uint64_t, Found> waiting_;
  std::uint64_t next_number_ = 1;
};

}  // namespace flnet::io
