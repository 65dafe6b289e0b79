#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"
#include "operations/blob_requests.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// The MD5 that a blob is to have is that of the body, so it is checked as well.
Result<blobs::TransferChecks> checks_of(const http::Headers& headers, const blobs::ContentHeaders& content) {
  auto checks = TRY(parse_transfer_checks(headers));
  if (checks.md5 && content.md5 && *checks.md5 != *content.md5)
    return fail(Code::Md5Mismatch, "Content-MD5 and x-ms-blob-content-md5 differ, and both are of the body.");
  if (content.md5) checks.md5 = content.md5;
  return checks;
}

Result<operations::Deleted> parse_delete_snapshots(const Call& call) {
  const auto text = call.headers().get("x-ms-delete-snapshots");
  if (!text) return operations::Deleted::Blob;
  if (names_snapshot(call.request.target))
    return fail(Code::InvalidHeaderValue,
                "The header x-ms-delete-snapshots is for deletions of the blob, not of one snapshot.");
  if (http::equal_ignoring_case(*text, "include")) return operations::Deleted::BlobAndSnapshots;
  if (http::equal_ignoring_case(*text, "only")) return operations::Deleted::Snapshots;
  return fail(Code::InvalidHeaderValue, "The header x-ms-delete-snapshots is neither include nor only.");
}

Result<bool> parse_delete_type(const Call& call) {
  const auto text = call.parameter("deletetype").value_or("");
  if (text.empty()) return false;
  if (http::equal_ignoring_case(text, "permanent")) return true;
  return fail(Code::InvalidQueryParameterValue, "The parameter deletetype can only be permanent.");
}

}  // namespace

Answer put_blob(Call& call) {
  CO_TRY(require_body(call.request));
  auto content = CO_TRY(parse_put_content_headers(call.headers()));
  auto checks = CO_TRY(checks_of(call.headers(), content));
  operations::PutBlob request{.blob = call.blob(),
                              .content = std::move(content),
                              .metadata = CO_TRY(parse_metadata(call.headers())),
                              .conditions = CO_TRY(parse_conditions(call.headers())),
                              .length = call.request.body.length(),
                              .checks = checks,
                              .may_overwrite = call.exchange.principal.may_overwrite(),
                              .derivation = {},
                              .fulfilled = {},
                              .tags = CO_TRY(parse_tags(call.headers())),
                              .tier = CO_TRY(parse_tier(call.headers())),
                              .key = CO_TRY(parse_customer_key(call.headers())),
                              .lifetime = CO_TRY(parse_lifetime(call.headers()))};
  RequestInput body(call.request.body);
  auto put = CO_TRY(co_await operations::put_blob(call.floors, call.exchange, request, body));
  auto response = changed_answer(201, put.changed);
  add_transfer_checks(response.headers, put, checks);
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer set_blob_properties(Call& call) {
  operations::SetBlobProperties request{.blob = call.blob(),
                                        .content = {},
                                        .conditions = CO_TRY(parse_conditions(call.headers())),
                                        .size = CO_TRY(parse_page_blob_size(call.headers())),
                                        .sequence = CO_TRY(parse_sequence_change(call.headers()))};
  // Content properties are replaced together; who only names a size or sequence number leaves them alone.
  if (names_blob_content(call.headers()) || (!request.size && !request.sequence))
    request.content = CO_TRY(parse_blob_content_headers(call.headers()));
  const auto set = CO_TRY(co_await operations::set_blob_properties(call.floors, call.exchange, request));
  auto response = changed_answer(200, set.changed);
  if (set.sequence_number) response.headers.add(kSequenceNumber, std::to_string(*set.sequence_number));
  co_return response;
}

Answer set_blob_metadata(Call& call) {
  operations::SetBlobMetadata request{call.blob(), CO_TRY(parse_metadata(call.headers())),
                                      CO_TRY(parse_conditions(call.headers())),
                                      CO_TRY(parse_customer_key(call.headers()))};
  auto response = changed_answer(
      200, CO_TRY(co_await operations::set_blob_metadata(call.floors, call.exchange, request)));
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer delete_blob(Call& call) {
  const operations::DeleteBlob request{CO_TRY(blob_or_snapshot(call)), CO_TRY(parse_delete_snapshots(call)),
                                       CO_TRY(parse_conditions(call.headers())),
                                       CO_TRY(parse_delete_type(call))};
  const bool stays = CO_TRY(co_await operations::delete_blob(call.floors, call.exchange, request));
  auto response = http::Response::empty(202);
  response.headers.add("x-ms-delete-type-permanent", stays ? "false" : "true");
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
