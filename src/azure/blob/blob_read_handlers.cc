#include <fmt/format.h>

#include "azure/blob/blob_type.h"
#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "operations/blob_requests.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// The largest range of which the service computes a checksum, in bytes.
constexpr std::uint64_t kMostCheckedRange = std::uint64_t{4} << 20;

class BlobBody : public http::BodySource {
 public:
  explicit BlobBody(operations::Download reader) : reader_(std::move(reader)) {}
  Task<Result<ConstBytes>> next() override { return reader_.next(); }

 private:
  operations::Download reader_;
};

/// Which checksum of the range is asked for.
enum class RangeCheck { None, Md5, Crc64 };

Result<RangeCheck> parse_range_check(const http::Headers& headers,
                                     const std::optional<operations::AskedRange>& range) {
  bool md5 = TRY(parse_flag(headers, "x-ms-range-get-content-md5"));
  bool crc64 = TRY(parse_flag(headers, "x-ms-range-get-content-crc64"));
  if (!md5 && !crc64) return RangeCheck::None;
  if (md5 && crc64) return fail(Code::InvalidInput, "Ask for the MD5 or the CRC64 of a range, not for both.");
  if (!range)
    return fail(Code::InvalidHeaderValue, "A checksum is given for a range only; send x-ms-range with it.");
  return md5 ? RangeCheck::Md5 : RangeCheck::Crc64;
}

Task<Result<std::string>> read_all(operations::Download& reader) {
  std::string content;
  content.reserve(reader.length());
  for (;;) {
    auto bytes = CO_TRY(co_await reader.next());
    if (bytes.empty()) co_return content;
    content.append(as_text(bytes));
  }
}

void add_range_check(http::Headers& headers, std::string_view content, RangeCheck check) {
  if (check == RangeCheck::Md5) {
    headers.add("Content-MD5", format_md5(crypto::md5(as_bytes(content))));
    return;
  }
  crypto::Crc64 crc;
  crc.update(as_bytes(content));
  headers.add("x-ms-content-crc64", format_crc64(crc.value()));
}

http::Response streamed(unsigned status, operations::Download reader) {
  auto length = reader.length();
  return http::Response::streamed(status, std::make_unique<BlobBody>(std::move(reader)), length);
}

std::string content_range(const blobs::ByteRange& range, std::uint64_t size) {
  return fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, size);
}

void add_part(http::Headers& headers, const operations::BlobAnswer& found) {
  headers.add("Content-Range", content_range(*found.range, found.head->size));
  add_blob_of_part(headers, *found.head);
}

/// A past state has no lease to tell of; of versions, one is the current one.
void add_state_of(http::Headers& headers, const blobs::BlobHead& head, bool is_past, const Call& call) {
  if (head.version && !call.parameter("snapshot")) headers.add(kVersionId, head.version->text());
  if (is_past) return;
  if (head.version) headers.add("x-ms-is-current-version", "true");
  add_lease(headers, lease_words(head.attributes, call.exchange.received));
}

/// What a SAS says about the answer instead of the blob; whoever holds another credential cannot say it.
void obey_sas(const Call& call, http::Response& response) {
  if (call.exchange.principal.overrides_headers()) override_headers(response.headers, call.request.target);
}

/// RFC 9110 §14.4: a range that the blob has not is answered with the blob's size.
void tell_size(Call& call, const Error& error, std::uint64_t size) {
  if (error.code == Code::InvalidRange)
    call.told_with_refusal.set("Content-Range", fmt::format("bytes */{}", size));
}

/// The answer with a range's bytes in memory, because their checksum goes before them. Precondition: the
/// request names a range.
Answer get_checked(Call& call, operations::GetBlob request, RangeCheck check) {
  request.most = kMostCheckedRange;
  for (;;) {
    auto got = co_await operations::get_blob(call.floors, call.exchange, request);
    if (!got) tell_size(call, got.error(), *request.size_when_out_of_range);
    auto found = CO_TRY(std::move(got));
    auto content = co_await read_all(found.body);
    // Suspended meanwhile, and nothing was given out yet: what is answered is decided, and recorded, again.
    if (!content && content.error().code == Code::PolicyDenied) continue;
    auto response = http::Response::empty(206);
    response.body = CO_TRY(std::move(content));
    add_range_check(response.headers, response.body, check);
    add_part(response.headers, found);
    add_state_of(response.headers, *found.head, found.is_past, call);
    obey_sas(call, response);
    co_return response;
  }
}

}  // namespace

Answer get_blob(Call& call) {
  std::uint64_t size = 0;
  operations::GetBlob request{.blob = CO_TRY(blob_or_snapshot(call)),
                              .range = CO_TRY(parse_range(call.headers())),
                              .conditions = CO_TRY(parse_conditions(call.headers())),
                              .key = CO_TRY(parse_customer_key(call.headers())),
                              .size_when_out_of_range = &size};
  auto check = CO_TRY(parse_range_check(call.headers(), request.range));
  if (check != RangeCheck::None) co_return co_await get_checked(call, std::move(request), check);
  auto got = co_await operations::get_blob(call.floors, call.exchange, request);
  if (!got) tell_size(call, got.error(), size);
  auto found = CO_TRY(std::move(got));
  auto response = streamed(found.range ? 206 : 200, std::move(found.body));
  if (found.range) {
    add_part(response.headers, found);
  } else {
    add_blob(response.headers, *found.head);
    if (const auto& md5 = found.head->content.md5)
      response.headers.add("x-ms-blob-content-md5", format_md5(*md5));
  }
  add_state_of(response.headers, *found.head, found.is_past, call);
  obey_sas(call, response);
  co_return response;
}

Answer get_blob_properties(Call& call) {
  operations::GetBlobProperties request{CO_TRY(blob_or_snapshot(call)),
                                        CO_TRY(parse_conditions(call.headers())),
                                        CO_TRY(parse_customer_key(call.headers()))};
  const auto [head, is_past] =
      CO_TRY(co_await operations::get_blob_properties(call.floors, call.exchange, request));
  auto response = http::Response::head(200, head.size);
  add_blob(response.headers, head);
  add_state_of(response.headers, head, is_past, call);
  if (type_of(head) == kBlockBlob)
    add_tier(response.headers, tier_words(head.attributes, call.exchange.received));
  obey_sas(call, response);
  co_return response;
}

Answer get_blob_metadata(Call& call) {
  operations::GetBlobProperties request{CO_TRY(blob_or_snapshot(call)),
                                        CO_TRY(parse_conditions(call.headers())),
                                        CO_TRY(parse_customer_key(call.headers()))};
  const auto head = CO_TRY(co_await operations::get_blob_metadata(call.floors, call.exchange, request)).head;
  auto response = http::Response::empty(200);
  add_state(response.headers, head.etag, head.last_modified);
  add_metadata(response.headers, head.metadata);
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
