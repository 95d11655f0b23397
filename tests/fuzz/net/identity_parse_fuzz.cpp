// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes, read as a stored identity: an error with a place, or a node that is stored and read without
// loss.
#include <flnet/bytes.hpp>
#include <flnet/job_set.hpp>
#include <flnet/node_info.hpp>
#include <flnet/virtual_loop.hpp>

#include <cstdlib>
#include <optional>
#include <string>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

flnet::Task<> check(std::string_view text, bool& done) {
  const auto config = co_await flnet::NodeConfig::parse(text);
  if (config) {
    const std::string stored = config->to_json();
    const auto again = co_await flnet::NodeConfig::from_json(stored);
    require(again && *again == *config);
  } else {
    require(!config.error().detail.empty());
  }
  if (const auto info = flnet::NodeInfo::parse(text)) {
    const auto again = flnet::NodeInfo::parse(info->to_json());
    require(again && again->id() == info->id() && again->name == info->name);
  }
  done = true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  flnet::VirtualLoop loop;
  flnet::JobSet jobs(loop);
  bool done = false;
  jobs.add(check(flnet::as_text(flnet::ByteView(data, size)), done));
  loop.settle();
  require(done);
  return 0;
}
