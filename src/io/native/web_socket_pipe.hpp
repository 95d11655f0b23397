// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketPipe: what both ends of an open WebSocket do: read, send from a queue, ping, close in time.
#pragma once

#include <flnet/asio_loop.hpp>
#include <flnet/result.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet::io {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using ErrorNumber = boost::system::error_code;
/// Asio's own executor type: the type-erased one costs an allocation here and there.
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

inline constexpr Duration close_limit = 1s;
/// A close frame holds 125 bytes, two of them the code (RFC 6455 §5.5).
inline constexpr std::size_t max_reason_bytes = 123;
/// A read buffer that a large message has stretched is given back.
inline constexpr std::size_t kept_read_bytes = 4096;

/// `reason`, cut to what fits, between two characters.
inline std::string_view fitting_reason(std::string_view reason) {
  if (reason.size() <= max_reason_bytes) return reason;
  std::size_t size = max_reason_bytes;
  while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0U) == 0x80U) --size;
  return reason.substr(0, size);
}

/// Pending handlers share the pipe; its owner lets go of it by `detach`, after which nothing is called.
/// Once open, one read is always pending, so that every end of the socket arrives there.
template <class Lower>
class WebSocketPipe : public std::enable_shared_from_this<WebSocketPipe<Lower>> {
 public:
  using Stream = websocket::stream<Lower, false>;

  template <class... LowerArguments>
  WebSocketPipe(Loop& loop, std::size_t send_queue_bytes, LowerArguments&&... lower)
      : stream_(std::forward<LowerArguments>(lower)...), loop_(&loop), send_queue_bytes_(send_queue_bytes) {}
  virtual ~WebSocketPipe() = default;
  WebSocketPipe(const WebSocketPipe&) = delete;
  WebSocketPipe& operator=(const WebSocketPipe&) = delete;

  /// False when the queue has no room. What comes after `close` or `abort` is dropped.
  bool send(std::string text) {
    if (closing_ || end_reason_) return true;
    if (text.size() > send_queue_bytes_ - std::min(queued_bytes_, send_queue_bytes_)) return false;
    queued_bytes_ += text.size();
    queue_.push_back(std::move(text));
    if (open_ && !writing_) write_next();
    return true;
  }

  void ping() {
    if (!open_ || pinging_ || closing_) return;
    pinging_ = true;
    stream_.async_ping({}, [self = this->shared_from_this()](ErrorNumber) { self->pinging_ = false; });
  }

  /// Once started. Sends a close frame after what is queued, and ends the connection in time whatever the
  /// peer does.
  void close(std::string_view reason) {
    if (closing_) return;
    closing_ =
        std::make_unique<websocket::close_reason>(websocket::close_code::normal, fitting_reason(reason));
    close_timer_ = loop_->at(loop_->now() + close_limit, [this] {
      abort(Error{ErrorCode::closed, "closed; the other side did not confirm it"});
    });
    if (!writing_) stream_.async_close(*closing_, [self = this->shared_from_this()](ErrorNumber) {});
  }

  /// Ends the connection at once; `ended` follows from the pending read.
  void abort(Error reason) {
    if (!end_reason_) end_reason_ = std::make_unique<Error>(std::move(reason));
    close_socket();
  }

  /// To be called every close_limit. Beast waits without limit for the end of a connection after a close
  /// frame from the peer, or after one of its own because of a violation: that wait ends here. Shutting
  /// down lets Beast still say why; a peer that goes on sending does not heed it.
  void check_closing() {
    if (!open_ || stream_.is_open()) return;
    ErrorNumber ignored;
    ++checks_while_closing_;
    if (checks_while_closing_ == 2) socket().shutdown(asio::socket_base::shutdown_both, ignored);
    if (checks_while_closing_ > 2) close_socket();
  }

  /// No calls any more.
  void detach() {
    loop_ = nullptr;
    close_timer_ = {};
    close_socket();
  }

 protected:
  virtual void received(std::string_view text) = 0;
  virtual void received_binary() = 0;
  virtual void received_pong() = 0;
  /// Once; `error` is what the read said.
  virtual void ended(Error reason, ErrorNumber error) = 0;

  bool detached() const { return loop_ == nullptr; }
  bool is_closing() const { return closing_ != nullptr; }
  Loop& loop() { return *loop_; }
  Stream& stream() { return stream_; }
  TcpSocket& socket() { return beast::get_lowest_layer(stream_); }
  void close_socket() {
    ErrorNumber ignored;
    socket().close(ignored);
  }

  /// The handshake is done: messages flow.
  void start(std::size_t max_message_bytes) {
    open_ = true;
    stream_.read_message_max(max_message_bytes);
    stream_.text(true);
    stream_.auto_fragment(false);
    // Bounds the closing handshakes that we begin; check_closing bounds the others.
    stream_.set_option(
        websocket::stream_base::timeout{std::chrono::duration_cast<std::chrono::seconds>(close_limit),
                                        websocket::stream_base::none(), false});
    stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      // Not from here: the stream is in the middle of a read.
      if (kind == websocket::frame_type::pong && !detached()) {
        loop_->defer([weak = this->weak_from_this()] {
          const auto self = weak.lock();
          if (self && !self->detached()) self->received_pong();
        });
      }
    });
    read_next();
    if (!queue_.empty()) write_next();
  }

 private:
  void read_next() {
    stream_.async_read(buffer_, [self = this->shared_from_this()](ErrorNumber error, std::size_t) {
      self->read_done(error);
    });
  }

  void read_done(ErrorNumber error) {
    if (detached()) return;
    const Loop::Scope scope(*loop_);
    if (error) return end(error);
    if (stream_.got_text()) {
      const auto bytes = buffer_.cdata();
      received({static_cast<const char*>(bytes.data()), bytes.size()});
    } else {
      received_binary();
    }
    if (detached()) return;
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kept_read_bytes) buffer_.shrink_to_fit();
    read_next();
  }

  void write_next() {
    writing_ = true;
    stream_.async_write(
        asio::buffer(queue_[next_]),
        [self = this->shared_from_this()](ErrorNumber error, std::size_t) { self->write_done(error); });
  }

  void write_done(ErrorNumber error) {
    writing_ = false;
    // The pending read meets the same fault, and reports it.
    if (detached() || error) return;
    queued_bytes_ -= queue_[next_].size();
    queue_[next_++] = {};
    if (next_ < queue_.size()) {
      drop_sent();
      return write_next();
    }
    next_ = 0;
    queue_.clear();
    if (queue_.capacity() > kept_queue) queue_.shrink_to_fit();
    if (closing_) stream_.async_close(*closing_, [self = this->shared_from_this()](ErrorNumber) {});
  }

  /// A queue that never runs empty must not grow for ever.
  void drop_sent() {
    if (next_ < kept_queue || next_ * 2 < queue_.size()) return;
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }

  void end(ErrorNumber error) {
    open_ = false;
    close_timer_ = {};
    close_socket();
    ended(end_reason_ ? std::move(*end_reason_) : reason_for(error), error);
  }

  Error reason_for(ErrorNumber error) {
    if (error == websocket::error::closed) {
      const websocket::close_reason& reason = stream_.reason();
      std::string detail = "closed by the other side";
      if (is_closing()) detail = "closed";
      if (!reason.reason.empty()) detail += ": " + std::string(reason.reason.data(), reason.reason.size());
      return {ErrorCode::closed, detail};
    }
    if (error == websocket::error::message_too_big)
      return {ErrorCode::too_large, "a message above the limit came"};
    if (error.category() == make_error_code(websocket::error::closed).category()) {
      return {ErrorCode::invalid_message, "the other side broke the WebSocket protocol: " + error.message()};
    }
    return {ErrorCode::closed, "the connection broke: " + error.message()};
  }

  static constexpr std::size_t kept_queue = 16;

  Stream stream_;
  Loop* loop_;  ///< None once detached.
  std::size_t send_queue_bytes_;
  beast::flat_buffer buffer_;
  std::vector<std::string> queue_;
  std::size_t next_ = 0;  ///< The first in `queue_` that is not sent.
  std::size_t queued_bytes_ = 0;
  Timer close_timer_;
  std::unique_ptr<websocket::close_reason> closing_;
  std::unique_ptr<Error> end_reason_;
  std::uint8_t checks_while_closing_ = 0;
  bool open_ = false, writing_ = false, pinging_ = false;
};

}  // namespace flnet::io
