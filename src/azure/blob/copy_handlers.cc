#include "azure/blob/admission.h"
#include "azure/blob/copy_request.h"
#include "azure/blob/copy_words.h"
#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/source_of_call.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"
#include "crypto/mac.h"
#include "operations/copies.h"

namespace vitrine::azure::blob::handlers {
namespace {

constexpr std::string_view kTagOption = "x-ms-copy-source-tag-option",
                           kSourceProperties = "x-ms-copy-source-blob-properties";

/// Whether the tags of the source are copied.
Result<bool> parse_tag_option(const http::Headers& headers) {
  const auto text = headers.get(kTagOption).value_or("REPLACE");
  const bool copies = http::equal_ignoring_case(text, "COPY");
  if (!copies && !http::equal_ignoring_case(text, "REPLACE"))
    return fail(Code::InvalidHeaderValue,
                "The header x-ms-copy-source-tag-option is neither REPLACE nor COPY.");
  if (copies && !headers.get(kTagsHeader).value_or("").empty())
    return fail(Code::BothUserTagsAndSourceTagsCopyPresentException,
                "Tags are copied from the source or sent with the request, not both.");
  return copies;
}

/// What the three operations have in common.
Result<operations::CopyBlob> parse_copy(const Call& call, policy::Action action) {
  const auto& headers = call.headers();
  if (call.request.body.length() != 0u)
    return fail(Code::InvalidHeaderValue, "The request takes no body; Content-Length must be 0.");
  if (headers.get("x-ms-source-range"))
    return fail(Code::UnsupportedHeader, "A copy is of the whole source; leave x-ms-source-range out.");
  operations::CopyBlob request{.blob = call.blob(),
                               .action = action,
                               .tags = TRY(parse_tags(headers)),
                               .conditions = TRY(parse_conditions(headers)),
                               .may_overwrite = call.exchange.principal.may_overwrite(),
                               .tier = TRY(parse_tier(headers)),
                               .lifetime = TRY(parse_lifetime(headers))};
  auto metadata = TRY(parse_metadata(headers));
  if (!metadata.empty()) request.metadata = std::move(metadata);
  return request;
}

/// Conditions of the copy's place have a code of their own in the copying operations.
Error as_target(Error error) {
  if (error.code == Code::ConditionNotMet) error.code = Code::TargetConditionNotMet;
  return error;
}

http::Response copied(const operations::CopyAnswer& answer, unsigned status) {
  auto response = changed_answer(status, answer.changed);
  if (answer.state) {
    response.headers.add("x-ms-copy-id", answer.state->id_text());
    response.headers.add("x-ms-copy-status", kCopyDone);
  }
  if (answer.md5) response.headers.add("Content-MD5", format_md5(*answer.md5));
  return response;
}

/// What the request leaves open, the other server says; the copy is a block blob.
operations::PutBlob put_of(const operations::CopyBlob& request, const RemoteSource& source) {
  operations::PutBlob put{.blob = request.blob,
                          .content = request.content,
                          .metadata = request.metadata.value_or(metadata_of(source.head)),
                          .conditions = request.conditions,
                          .length = source.body.length,
                          .checks = request.checks,
                          .may_overwrite = request.may_overwrite,
                          .tags = request.tags,
                          .tier = request.tier,
                          .action = request.action,
                          .lifetime = request.lifetime};
  if (request.copies_content) operations::fill_in(put.content, content_of(source.head));
  if (!request.told_source.empty())
    put.copied = blobs::CopyState{.id = crypto::random_array<16>(), .source = request.told_source};
  return put;
}

Task<Result<operations::CopyAnswer>> copy_remote(Call& call, const operations::CopyBlob& request,
                                                 const SourceAddress& address) {
  const auto most = std::min(request.most, operations::kMostPutBlob);
  auto source = CO_TRY(co_await remote_source_of(call, address, request.action, most));
  const auto put = put_of(request, source);
  const auto done =
      CO_TRY(co_await operations::put_blob(call.floors, call.exchange, put, *source.body.input));
  co_return operations::CopyAnswer{done.changed, put.copied, done.md5};
}

Task<Result<operations::CopyAnswer>> carry_out(Call& call, const operations::CopyBlob& request,
                                               const SourceAddress& address, bool tells_why) {
  if (is_remote(call, address)) co_return co_await copy_remote(call, request, address);
  auto source = CO_TRY(co_await source_of(call, address, request.action));
  source.tells_why = tells_why && source.blob.account == request.blob.account;
  auto done = co_await operations::copy_blob(call.floors, call.exchange, request, source);
  call.source_error = source.found;
  co_return done;
}

}  // namespace

Answer copy_blob(Call& call) {
  auto request = CO_TRY(parse_copy(call, policy::actions::kBlobCopy));
  const auto address = CO_TRY(parse_source_address(call.headers()));
  request.priority = CO_TRY(parse_priority(call.headers()));
  request.sealed = CO_TRY(parse_flag(call.headers(), "x-ms-seal-blob"));
  request.told_source = address.told;
  auto done = co_await carry_out(call, request, address, true);
  if (!done) co_return std::unexpected(as_target(std::move(done).error()));
  co_return copied(*done, request.status);
}

Answer copy_blob_from_url(Call& call) {
  auto request = CO_TRY(parse_copy(call, policy::actions::kBlobCopyFromUrl));
  const auto address = CO_TRY(parse_source_address(call.headers()));
  request.copies_tags = CO_TRY(parse_tag_option(call.headers()));
  request.checks = CO_TRY(parse_source_checks(call.headers()));
  request.most = operations::kMostCopiedFromUrl;
  request.keeps_kind = false;
  request.told_source = address.told;
  auto done = co_await carry_out(call, request, address, false);
  if (!done) co_return std::unexpected(as_target(std::move(done).error()));
  co_return copied(*done, request.status);
}

Answer put_blob_from_url(Call& call) {
  auto request = CO_TRY(parse_copy(call, policy::actions::kBlobPutFromUrl));
  const auto address = CO_TRY(parse_source_address(call.headers()));
  if (call.headers().get(kSourceProperties))
    request.copies_content = CO_TRY(parse_flag(call.headers(), kSourceProperties));
  request.content = CO_TRY(request.copies_content ? parse_blob_content_headers(call.headers())
                                                  : parse_new_content_headers(call.headers()));
  request.copies_tags = CO_TRY(parse_tag_option(call.headers()));
  request.checks = CO_TRY(parse_source_checks(call.headers()));
  // The MD5 that the blob is to have is that of the source, so it is checked as well.
  if (!request.checks.md5 && !request.checks.crc64) request.checks.md5 = request.content.md5;
  request.most = operations::kMostPutBlob;
  request.keeps_kind = false;
  request.status = 201;
  const auto done = CO_TRY(co_await carry_out(call, request, address, false));
  auto response = copied(done, request.status);
  response.headers.add("x-ms-request-server-encrypted", "true");
  co_return response;
}

Answer abort_copy(Call& call) {
  if (call.parameter("copyid").value_or("").empty())
    co_return fail(Code::MissingRequiredQueryParameter, "Abort Copy Blob needs the parameter copyid.");
  const operations::AbortCopy request{call.blob(), CO_TRY(parse_lease_condition(call.headers()))};
  CO_TRY(co_await operations::abort_copy(call.floors, call.exchange, request));
  co_return http::Response::empty(204);
}

}  // namespace vitrine::azure::blob::handlers
