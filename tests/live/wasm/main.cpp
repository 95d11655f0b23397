// SPDX-License-Identifier: MIT OR Apache-2.0
// The ground of live tests in WASM, and their main: GoogleTest collects the tests, then they run one after
// the other.
#include "live/ground.hpp"

#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <emscripten/emscripten.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <utility>
#include <vector>

namespace flnet::testing {
namespace {

constexpr Duration test_limit = std::chrono::seconds(60);

/// A TEST whose body has been run by GoogleTest, and what it gave to run_test.
struct KeptTest {
  std::string name;
  std::vector<Task<>> tasks;
  bool failed = false;
};

/// Takes the place of GoogleTest's printer: while GoogleTest goes through the tests nothing is run yet.
class Collector final : public ::testing::EmptyTestEventListener {
 public:
  void OnTestStart(const ::testing::TestInfo& test) override {
    kept.push_back({.name = std::string(test.test_suite_name()) + "." + test.name()});
  }
  /// Its place is said by whoever runs the test, or GoogleTest itself is in it.
  void OnTestPartResult(const ::testing::TestPartResult& result) override {
    if (result.failed() && !kept.empty()) {
      std::printf("%s:%d: Failure in %s\n%s\n", result.file_name(), result.line_number(),
                  running().name.c_str(), result.message());
      running().failed = true;
    }
  }
  KeptTest& running() { return now_running != nullptr ? *now_running : kept.back(); }

  std::deque<KeptTest> kept;
  KeptTest* now_running = nullptr;
};

/// Of the whole program: GoogleTest's bodies have no parameter.
struct Program {
  std::string server_url;
  Collector* collector = nullptr;  ///< GoogleTest's.
};
Program& program() {
  static Program the_one;
  return the_one;
}

Task<bool> finish(Task<> task) {
  co_await std::move(task);
  co_return true;
}

void say(const char* mark, const KeptTest& test) {
  std::printf("[ %8s ] %s\n", mark, test.name.c_str());
  std::fflush(stdout);
}

Task<> run_one(KeptTest& test) {
  say("RUN     ", test);
  const Time begin = now();
  for (Task<>& task : std::exchange(test.tasks, {})) {
    EXPECT_TRUE(co_await within(test_limit, finish(std::move(task)))) << "the test hangs";
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - begin);
  std::printf("[ %8s ] %s (%lld ms)\n", test.failed ? " FAILED " : "      OK", test.name.c_str(),
              static_cast<long long>(took.count()));
  std::fflush(stdout);
}

Task<> run_all(Collector& collector) {
  std::size_t failed = 0;
  for (KeptTest& test : collector.kept) {
    collector.now_running = &test;
    co_await run_one(test);
    if (test.failed) ++failed;
  }
  std::printf("[==========] %zu tests ran.\n[  PASSED  ] %zu tests.\n", collector.kept.size(),
              collector.kept.size() - failed);
  for (const KeptTest& test : collector.kept) {
    if (test.failed) say(" FAILED ", test);
  }
  if (failed > 0) Loop::current().set_exit_code(1);
}

Task<> done() {
  co_return;
}

int collect_and_run() {
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  auto collector = std::make_unique<Collector>();
  program().collector = collector.get();
  listeners.Append(collector.release());
  (void)RUN_ALL_TESTS();  // A failure is the collector's to tell.
  return flnet::run(run_all(*program().collector));
}

}  // namespace

void run_test(Task<> test) {
  program().collector->kept.back().tasks.push_back(std::move(test));
}

bool tells_modes() {
  return emscripten_run_script_int("globalThis.process?.versions?.node ? 0 : 1") != 0;
}

bool restarts_ice() {
  return emscripten_run_script_int(R"((() => {
    const connection = new RTCPeerConnection();
    try {
      connection.restartIce();
      return 1;
    } catch {
      return 0;
    } finally {
      connection.close();
    }
  })())") != 0;
}

TestServer start_server() {
  return {.url = program().server_url};
}

}  // namespace flnet::testing

int main(int argc, char** argv) {
  using namespace flnet::testing;
  ::testing::InitGoogleTest(&argc, argv);
  if (argc > 1) program().server_url = argv[1];
  if (GTEST_FLAG_GET(list_tests)) {
    (void)RUN_ALL_TESTS();
    return flnet::run(done());
  }
  if (program().server_url.empty()) {
    std::fprintf(stderr, "usage: … SIGNAL-URL [--gtest_filter=…] [--gtest_list_tests]\n");
    return 2;
  }
  return collect_and_run();
}
