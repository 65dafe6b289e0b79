#include "http/request_body.h"

#include <algorithm>
#include <array>

namespace vitrine::http {
namespace {

/// More bytes than this earn no more time: already years.
constexpr std::uint64_t kMostCounted = std::uint64_t{1} << 50;

std::unexpected<Error> cut_short() {
  return fail(Code::ConnectionClosed,
              "The client closed the connection before the request body was complete.");
}

}  // namespace

SteadyTime Pace::deadline(SteadyTime now) const {
  auto earned = std::chrono::milliseconds(std::min(received_, kMostCounted) * 1000 / rate_);
  return now + std::min<SteadyTime::duration>(patience_, patience_ + earned - waited_);
}

void Pace::count(std::size_t bytes, SteadyTime::duration waited) {
  received_ += bytes;
  waited_ += waited;
}

RequestBody::RequestBody(Transport& transport, ReadBuffer& buffer, Pace pace)
    : transport_(transport), buffer_(buffer), pace_(pace) {}

void RequestBody::begin(const Framing& framing) {
  framing_ = framing;
  chunks_ = ChunkDecoder();
  left_ = framing.length;
  pace_.begin();
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
    CO_TRY(co_await transport_.write(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"), {}, pace_.patience()));
  }
  if (framing_.chunked) CO_TRY(co_await reach_data());
  into = into.first(std::min<std::uint64_t>(into.size(), data_left()));
  if (into.empty()) co_return std::size_t{0};

  auto count = buffer_.take(into);
  if (count == 0) count = CO_TRY(co_await receive(into));
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

Task<Result<std::size_t>> RequestBody::receive(MutableBytes into) {
  const auto begun = std::chrono::steady_clock::now();
  const auto count = CO_TRY(co_await transport_.read_some(into, pace_.deadline(begun)));
  if (count == 0) co_return cut_short();
  pace_.count(count, std::chrono::steady_clock::now() - begun);
  co_return count;
}

Task<Result<void>> RequestBody::receive_more() {
  buffer_.commit(CO_TRY(co_await receive(buffer_.space())));
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
