#include "http/response_writer.h"

#include <exception>
#include <utility>

#include "base/log.h"
#include "http/response_head.h"

namespace vitrine::http {
namespace {

bool sends_body(const Response& response, Manner manner) {
  return manner.method != Method::Head && allows_body(response.status);
}

std::uint64_t stated_length(const Response& response, Manner manner) {
  const bool nothing_to_send = manner.method == Method::Head && response.body.empty();
  return response.stream || nothing_to_send ? response.stream_length : response.body.size();
}

Error refused(std::string_view event, std::string_view reason) {
  log::error(event, {{"reason", std::string(reason)}});
  return {Code::Internal, "The server failed to send its response; its log says why.", {}};
}

Task<Result<ConstBytes>> next_piece(BodySource& source) {
  std::string reason;
  try {
    auto piece = co_await source.next();
    // The client sees an answer that breaks off; only this line tells why.
    if (!piece && piece.error().code != Code::ConnectionClosed)
      log::error("A response broke off.", {{"reason", piece.error().message}});
    co_return piece;
  } catch (const std::exception& failure) {
    reason = failure.what();
  } catch (...) {
    reason = "not a std::exception";
  }
  co_return std::unexpected(refused("A response's stream threw an exception.", reason));
}

}  // namespace

ResponseWriter::ResponseWriter(Service& service, Lane& lane, Transport& transport)
    : service_(service), lane_(lane), transport_(transport) {}

Task<Result<void>> ResponseWriter::send(Response response, Manner manner) {
  if (!is_sendable(response.headers)) {
    response =
        service_.refusal(refused("A response was replaced.", "a header's name or value is not sendable"));
  }
  if (response.stream && response.stream_length > 0 && sends_body(response, manner)) {
    auto first = co_await next_piece(*response.stream);
    if (first) co_return co_await send_stream(response, *first, manner);
    response = service_.refusal(first.error());
  }
  co_return co_await send_whole(response, manner);
}

Task<Result<void>> ResponseWriter::send_whole(const Response& response, Manner manner) {
  format_head(response, manner);
  const auto body = sends_body(response, manner) ? as_bytes(response.body) : ConstBytes{};
  co_return co_await transport_.write(as_bytes(head_), body, service_.limits.write);
}

Task<Result<void>> ResponseWriter::send_stream(const Response& response, ConstBytes piece, Manner manner) {
  format_head(response, manner);
  auto head = as_bytes(head_);
  auto left = response.stream_length;
  for (;;) {
    if (piece.empty() || piece.size() > left) {
      co_return std::unexpected(
          refused("A response was cut off.", "its stream did not yield exactly the length it was to have"));
    }
    CO_TRY(co_await transport_.write(head, piece, service_.limits.write));
    left -= piece.size();
    if (left == 0) co_return Result<void>{};
    head = {};
    piece = CO_TRY(co_await next_piece(*response.stream));
  }
}

void ResponseWriter::format_head(const Response& response, Manner manner) {
  using Connection = HeadAdditions::Connection;
  HeadAdditions additions{.date = lane_.date(), .content_length = {}, .connection = Connection::Unsaid};
  if (allows_body(response.status)) additions.content_length = stated_length(response, manner);
  if (!manner.keep) {
    additions.connection = Connection::Close;
  } else if (manner.http_1_0) {
    additions.connection = Connection::KeepAlive;
  }
  head_.clear();
  append_response_head(head_, response.status, response.headers, additions);
}

}  // namespace vitrine::http
