// SPDX-License-Identifier: MIT OR Apache-2.0
// hello: the smallest node that answers; README.md shows it.
// [readme]
#include <flnet/flnet.hpp>

#include <cstdio>

flnet::Task<> answer() {
  const auto config = co_await flnet::NodeConfig::generate();
  if (!config) co_return flnet::fail(config.error());
  auto net = co_await flnet::network_start(*config, "ws://localhost:8765");
  if (!net) co_return flnet::fail(net.error());
  std::printf("Our ID is %s\n", net->id().hex().c_str());

  while (auto reply = co_await net->recv()) {
    if (const auto* received = std::get_if<flnet::NetReply::RcvNodeMessage>(&*reply)) {
      std::printf("%s says %.*s\n", received->from.short_hex().c_str(),
                  static_cast<int>(received->message.text().size()), received->message.text().data());
      const auto sent = co_await net->send_msg(received->from, "hello back");
      if (!sent) std::printf("not sent: %s\n", sent.error().detail.c_str());
    }
  }
}

int main() {
  return flnet::run(answer());
}
// [readme]
