#include "http/request_body.h"

#include <algorithm>
#include <array>

namespace vitrine::http {
namespace {

SteadyTime after(std::chrono::milliseconds patience) {
  return std::chrono::steady_clock::now() + patience;
}

std::unexpected<Error> cut_short() {
  return fail(Code::ConnectionClosed,
              "The client closed the connection before the request body was complete.");
}

}  // namespace

RequestBody::RequestBody(Transport& transport, ReadBuffer& buffer, std::chrono::milliseconds patience)
    : transport_(transport), buffer_(buffer), patience_(patience) {}

void RequestBody::begin(const Framing& framing) {
  framing_ = framing;
  chunks_ = ChunkDecoder();
  left_ = framing.length;
}

std::optional<std::uint64_t> RequestBody::length() const {
  if (framing_.chunked) return std::nullopt;
  return framing_.length;
}

std::uint64_t RequestBody::data_left() const {
  return framing_.chunked ? chunks_.data_left() : left_;
}

Task<Result<std::size_t>> RequestBody::read(MutableBytes into) {
  if (framing_.expects_continue) {
    framing_.expects_continue = false;
    CO_TRY(co_await transport_.write(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"), {}, patience_));
  }
  if (framing_.chunked) CO_TRY(co_await reach_data());
  into = into.first(std::min<std::uint64_t>(into.size(), data_left()));
  if (into.empty()) co_return std::size_t{0};

  auto count = buffer_.take(into);
  if (count == 0) count = CO_TRY(co_await transport_.read_some(into, after(patience_)));
  if (count == 0) co_return cut_short();
  if (framing_.chunked) {
    chunks_.consume_data(count);
  } else {
    left_ -= count;
  }
  co_return count;
}

Task<Result<void>> RequestBody::reach_data() {
  while (!chunks_.done() && chunks_.data_left() == 0) {
    if (buffer_.empty()) CO_TRY(co_await receive_more());
    buffer_.consume(CO_TRY(chunks_.consume_framing(buffer_.data())));
  }
  co_return Result<void>{};
}

Task<Result<void>> RequestBody::receive_more() {
  const auto count = CO_TRY(co_await transport_.read_some(buffer_.space(), after(patience_)));
  if (count == 0) co_return cut_short();
  buffer_.commit(count);
  co_return Result<void>{};
}

bool RequestBody::can_skip(std::uint64_t limit) const {
  if (framing_.chunked) return chunks_.done();
  return left_ == 0 || (left_ <= limit && !framing_.expects_continue);
}

Task<Result<void>> RequestBody::skip() {
  std::array<std::uint8_t, 4096> discarded;
  while (data_left() > 0) CO_TRY(co_await read(discarded));
  co_return Result<void>{};
}

}  // namespace vitrine::http
