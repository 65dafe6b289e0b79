#include "azure/blob/request_body.h"

#include <fmt/format.h>

#include <array>

#include "azure/blob/request_headers.h"

namespace vitrine::azure::blob {
namespace {

Result<void> verify(std::string_view document, const blobs::TransferChecks& checks) {
  if (checks.md5 && crypto::md5(as_bytes(document)) != *checks.md5)
    return fail(Code::Md5Mismatch,
                "The body does not have the Content-MD5 that was sent with it; send it again.");
  if (!checks.crc64) return {};
  crypto::Crc64 crc;
  crc.update(as_bytes(document));
  if (crc.value() == *checks.crc64) return {};
  return fail(Code::Crc64Mismatch,
              "The body does not have the x-ms-content-crc64 that was sent with it; send it again.");
}

}  // namespace

Result<void> require_body(const http::Request& request) {
  if (request.headers.get("Content-Length") || request.headers.get("Transfer-Encoding")) return {};
  return fail(Code::MissingContentLengthHeader, "The request needs a Content-Length or a chunked body.");
}

Result<void> require_empty_body(const http::Request& request) {
  TRY(require_body(request));
  if (request.body.length() == 0u) return {};
  return fail(Code::InvalidHeaderValue, "The request takes no body; Content-Length must be 0.");
}

Task<Result<std::string>> read_document(http::Request& request, std::size_t most) {
  auto checks = CO_TRY(parse_transfer_checks(request.headers));
  std::string document;
  std::array<std::uint8_t, 16384> chunk;
  while (auto count = CO_TRY(co_await request.body.read(chunk))) {
    document.append(as_text(ConstBytes(chunk).first(count)));
    if (document.size() > most)
      co_return fail(Code::RequestBodyTooLarge, fmt::format("The body is larger than {} bytes.", most));
  }
  CO_TRY(verify(document, checks));
  co_return document;
}

}  // namespace vitrine::azure::blob
