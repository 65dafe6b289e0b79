#include "http/connection.h"

#include <array>
#include <exception>
#include <utility>

#include "base/log.h"
#include "http/request_head.h"

namespace vitrine::http {
namespace {

using std::chrono::steady_clock;

/// How long and how much a client may still send after the last response, so that it gets to read it: closing
/// with unread bytes would reset the connection and take the response with it (RFC 9112 §9.6).
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = std::size_t{1} << 20;

}  // namespace

Connection::Connection(Service& service, Lane& lane, std::unique_ptr<Transport> transport,
                       const boost::asio::ip::tcp::endpoint& peer)
    : service_(service),
      lane_(lane),
      transport_(std::move(transport)),
      buffer_(service.limits.head_bytes),
      body_(*transport_, buffer_, Pace(service.limits.body_read, service.limits.body_rate)),
      writer_(service, lane, *transport_),
      request_(body_) {
  request_.peer_address = peer.address().to_string();
  request_.peer_port = peer.port();
  request_.secure = transport_->is_secure();
  lane_.enter(*transport_);
}

Connection::~Connection() {
  lane_.leave(*transport_);
}

Task<void> Connection::run() {
  auto opened = co_await transport_->open(steady_clock::now() + service_.limits.head);
  auto next = opened ? Next::Request : Next::Cut;
  while (next == Next::Request) next = co_await serve_one();
  if (next == Next::Close) co_await close();
  transport_->cut();
}

Task<Connection::Next> Connection::serve_one() {
  auto framing = co_await receive_head();
  if (!framing) co_return co_await refuse(std::move(framing).error());
  body_.begin(*framing);

  auto response = co_await answer();
  const bool keep = framing->keep_alive && !response.close && !lane_.is_draining() &&
                    body_.can_skip(service_.limits.drained_bytes);
  const Manner manner{.method = request_.method, .http_1_0 = framing->http_1_0, .keep = keep};
  auto sent = co_await writer_.send(std::move(response), manner);
  if (!sent) co_return Next::Cut;
  if (!keep) co_return Next::Close;
  auto skipped = co_await body_.skip();
  co_return skipped ? Next::Request : Next::Cut;
}

Task<Result<Framing>> Connection::receive_head() {
  const auto size = CO_TRY(co_await receive_head_bytes());
  request_.serial = service_.requests.fetch_add(1, std::memory_order_relaxed) + 1;
  const auto head = buffer_.data().substr(0, size);
  auto framing = CO_TRY(parse_request_head(head, service_.limits.header_count, request_));
  buffer_.consume(size);
  co_return framing;
}

Task<Result<std::size_t>> Connection::receive_head_bytes() {
  // A client that just connected has something to say; one between requests may take its time.
  auto deadline = steady_clock::now() + (received_any_ ? service_.limits.idle : service_.limits.head);
  std::size_t scanned = 0;
  for (;;) {
    // RFC 9112 §2.2: empty lines before a request are to be ignored.
    while (scanned == 0 && buffer_.data().starts_with("\r\n")) buffer_.consume(2);
    if (auto size = CO_TRY(find_head_end(buffer_.data(), scanned))) co_return *size;
    if (buffer_.full()) {
      co_return fail(Code::HeadersTooLarge, "The request line and the header fields are too large together.");
    }
    const bool begins = buffer_.empty();
    scanned = buffer_.size();
    CO_TRY(co_await receive_some(deadline));
    if (begins) deadline = steady_clock::now() + service_.limits.head;
  }
}

Task<Result<void>> Connection::receive_some(SteadyTime deadline) {
  const bool idle = buffer_.empty();
  if (idle && lane_.is_draining()) co_return fail(Code::ConnectionClosed, "The server is stopping.");
  transport_->set_idle(idle);
  auto received = co_await transport_->read_some(buffer_.space(), deadline);
  transport_->set_idle(false);
  const auto count = CO_TRY(std::move(received));
  if (count == 0) co_return fail(Code::ConnectionClosed, "The client closed the connection.");
  buffer_.commit(count);
  received_any_ = true;
  co_return Result<void>{};
}

Task<Response> Connection::answer() {
  std::string reason;
  try {
    co_return co_await service_.handler(request_);
  } catch (const std::exception& failure) {
    reason = failure.what();
  } catch (...) {
    reason = "not a std::exception";
  }
  log::error("A request handler threw an exception.",
             {{"method", request_.method_text}, {"path", request_.target.raw_path}, {"reason", reason}});
  co_return service_.refusal(
      {Code::Internal, "The server failed to answer this request; its log says why.", {}});
}

Task<Connection::Next> Connection::refuse(Error error) {
  if (error.code == Code::ConnectionClosed || error.code == Code::OperationTimedOut) co_return Next::Cut;
  auto sent = co_await writer_.send(service_.refusal(error), Manner{});
  co_return sent ? Next::Close : Next::Cut;
}

Task<void> Connection::close() {
  const auto deadline = steady_clock::now() + kLingerTime;
  co_await transport_->finish_sending(deadline);
  std::array<std::uint8_t, 16384> discarded;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto count = co_await transport_->read_some(discarded, deadline);
    if (!count || *count == 0) co_return;
    total += *count;
  }
}

}  // namespace vitrine::http
