// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 by the platform's WebCrypto.
#include "io/keys.hpp"

#include "base/random.hpp"
#include "io/wasm/promise.hpp"

#include <algorithm>
#include <utility>

extern "C" {
void flnet_keys_public(int promise, const std::uint8_t* seed);
void flnet_keys_sign(int promise, const std::uint8_t* seed, const std::uint8_t* message, std::size_t size);
void flnet_keys_verify(int promise, const std::uint8_t* key, const std::uint8_t* message, std::size_t size,
                       const std::uint8_t* signature);
}

namespace flnet::io {
namespace {

/// The bytes of an array's size that WebCrypto answered.
template <class Array>
Task<Result<Array>> answer(Promise& promise, std::string what) {
  auto outcome = co_await promise.outcome(ErrorCode::system, what);
  if (!outcome) co_return failure(std::move(outcome.error()));
  Array array{};
  const std::optional<Bytes>& bytes = *outcome;
  if (!bytes || bytes->size() != array.size()) {
    co_return failure(ErrorCode::system, "can't " + what + ": WebCrypto's answer has another size");
  }
  std::ranges::copy(*bytes, array.begin());
  co_return array;
}

}  // namespace

Task<Result<Seed>> generate_seed() {
  Seed seed{};
  SystemRandom random;
  random.fill(seed);
  co_return seed;
}

Task<Result<U256>> public_key(Seed seed) {
  Promise promise;
  flnet_keys_public(promise.handle(), seed.data());
  const auto key = co_await answer<std::array<std::uint8_t, U256::size>>(promise, "derive a public key");
  if (!key) co_return failure(key.error());
  co_return U256(*key);
}

Task<Result<Signature>> sign(Seed seed, Bytes message) {
  Promise promise;
  flnet_keys_sign(promise.handle(), seed.data(), message.data(), message.size());
  co_return co_await answer<Signature>(promise, "sign");
}

Task<bool> verify(U256 key, Bytes message, Signature signature) {
  Promise promise;
  flnet_keys_verify(promise.handle(), key.array().data(), message.data(), message.size(), signature.data());
  const auto good = co_await answer<std::array<std::uint8_t, 1>>(promise, "verify");
  co_return good && good->front() == 1;
}

}  // namespace flnet::io
