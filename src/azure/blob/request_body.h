// The bodies of requests.
#pragma once

#include <string>

#include "blobs/incoming_body.h"
#include "http/message.h"

namespace vitrine::azure::blob {

/// A request's body as the floors below take it in. The request must outlive it.
class RequestInput : public blobs::BodyInput {
 public:
  explicit RequestInput(http::BodyReader& body) : body_(body) {}
  Task<Result<std::size_t>> read(MutableBytes into) override { return body_.read(into); }

 private:
  http::BodyReader& body_;
};

/// Of a request that is part of another one.
class NoContent final : public http::BodyReader {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 0; }
};

/// Errors: MissingContentLengthHeader for a body that is neither of a declared length nor chunked.
Result<void> require_body(const http::Request& request);

/// Errors: InvalidHeaderValue for a request with a body, where none belongs.
Result<void> require_empty_body(const http::Request& request);

/// The whole of a small body, held against its announced checksums. Errors: RequestBodyTooLarge beyond `most`
/// bytes, Md5Mismatch, Crc64Mismatch; those of parse_transfer_checks and of the connection.
Task<Result<std::string>> read_document(http::Request& request, std::size_t most);

}  // namespace vitrine::azure::blob
