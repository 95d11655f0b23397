// SPDX-License-Identifier: MIT OR Apache-2.0
// OpensslClock: the clock by which OpenSSL repeats DTLS flights, set by the test.
#pragma once

#include <flnet/time.hpp>

#include <sys/time.h>

#include <ctime>
#include <optional>

namespace flnet::test {

/// While one exists, gettimeofday tells its time instead of the system's. OpenSSL is linked as a shared
/// library and finds the program's own gettimeofday before the C library's; it has no other way to be told.
class OpensslClock {
 public:
  explicit OpensslClock(Time now) { set(now); }
  ~OpensslClock() { current().reset(); }
  OpensslClock(const OpensslClock&) = delete;
  OpensslClock& operator=(const OpensslClock&) = delete;

  void set(Time now) { current() = now; }

  static std::optional<Time>& current() {
    static std::optional<Time> time;
    return time;
  }
};

}  // namespace flnet::test

// In one source file of a test program: FLNET_DEFINE_OPENSSL_CLOCK
#define FLNET_DEFINE_OPENSSL_CLOCK                                                                           \
  extern "C" int gettimeofday(struct timeval* to, void*) noexcept {                                          \
    const auto& virtual_time = flnet::test::OpensslClock::current();                                         \
    if (virtual_time) {                                                                                      \
      const auto us = virtual_time->time_since_epoch().count();                                              \
      *to = {static_cast<time_t>(1'700'000'000 + us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)}; \
      return 0;                                                                                              \
    }                                                                                                        \
    timespec real{};                                                                                         \
    clock_gettime(CLOCK_REALTIME, &real);                                                                    \
    *to = {real.tv_sec, real.tv_nsec / 1000};                                                                \
    return 0;                                                                                                \
  }                                                                                                          \
  static_assert(true)
