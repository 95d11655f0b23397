// SPDX-License-Identifier: MIT OR Apache-2.0
// The BIO functions behind DtlsDatagrams.
#include "io/native/dtls_memory_bio.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace flnet::io {

namespace {

DtlsDatagrams& datagrams_of(BIO* bio) {
  return *static_cast<DtlsDatagrams*>(BIO_get_data(bio));
}

int read_datagram(BIO* bio, char* to, int capacity) {
  BIO_clear_retry_flags(bio);
  const ByteView datagram = std::exchange(datagrams_of(bio).incoming, {});
  if (datagram.empty() || capacity <= 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  // What doesn't fit is cut off, as recv() does; the record then fails its check.
  const auto length = std::min(datagram.size(), static_cast<std::size_t>(capacity));
  std::memcpy(to, datagram.data(), length);
  return static_cast<int>(length);
}

int write_datagram(BIO* bio, const char* from, int length) {
  BIO_clear_retry_flags(bio);
  if (length <= 0) return 0;
  auto& datagrams = datagrams_of(bio);
  ++datagrams.sent;
  datagrams.sink->send_dtls({reinterpret_cast<const std::uint8_t*>(from), static_cast<std::size_t>(length)});
  return length;
}

/// All questions but these are about sockets; 0 is "no".
long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_PENDING:
      return static_cast<long>(datagrams_of(bio).incoming.size());
    default:
      return 0;
  }
}

}  // namespace

BioMethodHandle make_datagram_bio_method() {
  BioMethodHandle method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "flnet datagrams"));
  if (!method || BIO_meth_set_read(method.get(), read_datagram) != 1 ||
      BIO_meth_set_write(method.get(), write_datagram) != 1 || BIO_meth_set_ctrl(method.get(), control) != 1)
    return nullptr;
  return method;
}

BIO* make_datagram_bio(const BIO_METHOD& method, DtlsDatagrams& datagrams) {
  BIO* bio = BIO_new(&method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &datagrams);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace flnet::io
