// SPDX-License-Identifier: MIT OR Apache-2.0
// A node that is the same whenever its page is opened, and says so when another tab is it already.
#include <flnet/flnet.hpp>

#include <cstdio>
#include <utility>

namespace {

flnet::Task<> be(std::string url) {
  const auto storage = flnet::folder_storage("flnet-tabs");
  auto config = co_await flnet::load_or_create_identity(*storage, "node");
  if (!config) {
    std::printf("no identity: %s\n", to_string(config.error().code).data());
    std::fflush(stdout);
    co_return flnet::fail(config.error());
  }
  auto net = co_await flnet::network_start(std::move(*config), url);
  if (!net) co_return flnet::fail(net.error());
  std::printf("I am %s\n", net->id().hex().c_str());
  std::fflush(stdout);
  while (co_await net->recv()) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: one_identity SIGNAL-URL\n");
    return 2;
  }
  return flnet::run(be(argv[1]));
}
