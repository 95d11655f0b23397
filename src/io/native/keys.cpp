// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 by OpenSSL.
#include "io/keys.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace flnet::io {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

Key private_key(const Seed& seed) {
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

std::unexpected<Error> fault(const char* what) {
  return failure(ErrorCode::system, std::string("OpenSSL could not ") + what);
}

}  // namespace

Task<Result<Seed>> generate_seed() {
  Seed seed{};
  if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1) co_return fault("make a key");
  co_return seed;
}

Task<Result<U256>> public_key(Seed seed) {
  const Key key = private_key(seed);
  std::array<std::uint8_t, U256::size> bytes{};
  std::size_t size = bytes.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) != 1 || size != bytes.size()) {
    co_return fault("derive a public key");
  }
  co_return U256(bytes);
}

Task<Result<Signature>> sign(Seed seed, Bytes message) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  Signature signature{};
  std::size_t size = signature.size();
  if (!key || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1 ||
      size != signature.size()) {
    co_return fault("sign");
  }
  co_return signature;
}

Task<bool> verify(U256 key, Bytes message, Signature signature) {
  const Key public_half(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.array().data(), U256::size));
  const Context context(EVP_MD_CTX_new());
  co_return public_half&& context&& EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                                                         public_half.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) ==
          1;
}

}  // namespace flnet::io
