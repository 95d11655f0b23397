// SPDX-License-Identifier: MIT OR Apache-2.0
// Words by calls from and to the page's JavaScript (wasm_words.js).
#include "words.hpp"

#include <flnet/loop.hpp>

#include <emscripten/em_macros.h>

#include <cstddef>
#include <utility>

extern "C" {
void bench_listen(void* listener);
void bench_tell(const char* word, std::size_t size);
}

namespace flnet::bench {
namespace {

class PageListener final : public Listener {
 public:
  explicit PageListener(std::function<void(std::string_view)> heard) : heard_(std::move(heard)) {
    bench_listen(this);
  }
  ~PageListener() override { bench_listen(nullptr); }
  PageListener(const PageListener&) = delete;
  PageListener& operator=(const PageListener&) = delete;

  void hear(std::string_view word) {
    const Loop::Scope scope(loop_);
    heard_(word);
  }

 private:
  Loop& loop_ = Loop::current();
  std::function<void(std::string_view)> heard_;
};

}  // namespace

std::unique_ptr<Listener> listen(std::function<void(std::string_view)> heard) {
  return std::make_unique<PageListener>(std::move(heard));
}

void tell(std::string_view word) {
  bench_tell(word.data(), word.size());
}

}  // namespace flnet::bench

extern "C" EMSCRIPTEN_KEEPALIVE void bench_heard(void* listener, const char* word,
                                                 std::size_t size) noexcept {
  static_cast<flnet::bench::PageListener*>(listener)->hear({word, size});
}
