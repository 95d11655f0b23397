// SPDX-License-Identifier: MIT OR Apache-2.0
// ChannelTable: the channels of a connection beside its own one, by their numbers.
#pragma once

#include "io/peer_channels.hpp"
#include "net/data_channel_state.hpp"

#include <flnet/data_channel.hpp>
#include <flnet/ring.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <map>
#include <memory>
#include <optional>

namespace flnet::net {

class ChannelTable {
 public:
  /// `owner` outlives it.
  explicit ChannelTable(ChannelOwner& owner) : owner_(owner) {}

  Result<DataChannel> create(DataChannelOptions options);
  /// The next that the peer has opened; nothing after the connection's end. Shares what the table is part of.
  static Task<std::optional<DataChannel>> next(std::shared_ptr<ChannelTable> table);

  // What the session tells.
  bool offered(io::ChannelNumber number, const DataChannelOptions& options);
  void opened(io::ChannelNumber number);
  /// False when the connection holds too much.
  bool received(io::ChannelNumber number, MessageView message);
  void closed(io::ChannelNumber number);
  void has_room();

  void forget(io::ChannelNumber number) { channels_.erase(number); }
  /// The connection is over, and with it all channels.
  void end(const Error& reason);

 private:
  using Shared = std::shared_ptr<DataChannel::State>;
  Shared find(io::ChannelNumber number) const;

  ChannelOwner& owner_;
  std::map<io::ChannelNumber, Shared> channels_;  ///< Shared with the application's handles and tasks.
  Ring<DataChannel> offered_;                     ///< Those that the application has not taken yet.
  WaitList takers_;
  bool over_ = false;
};

}  // namespace flnet::net
