// SPDX-License-Identifier: MIT OR Apache-2.0
// How OpenSSL reads and writes DTLS datagrams without a socket: spans in, a sink out, nothing copied.
#pragma once

#include "io/native/openssl_handle.hpp"
#include "rtc/dtls_session.hpp"

#include <flnet/bytes.hpp>

#include <cstdint>

namespace flnet::io {

/// The datagrams of one session. A read takes `incoming`, once; each write is a datagram for `sink`.
struct DtlsDatagrams {
  rtc::DtlsSink* sink = nullptr;
  ByteView incoming;
  std::uint64_t sent = 0;
};

/// The method table for BIOs over DtlsDatagrams; must outlive them. Null when out of memory.
BioMethodHandle make_datagram_bio_method();

/// A BIO for reading and writing `datagrams`, which must outlive it. Null when out of memory.
BIO* make_datagram_bio(const BIO_METHOD& method, DtlsDatagrams& datagrams);

}  // namespace flnet::io
