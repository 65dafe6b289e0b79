#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/source_of_call.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"
#include "operations/append_blobs.h"

namespace vitrine::azure::blob::handlers {
namespace {

constexpr std::string_view kPosition = "x-ms-blob-condition-appendpos",
                           kMaxSize = "x-ms-blob-condition-maxsize";

Result<operations::AppendBlock> parse_append(const Call& call, const blobs::TransferChecks& checks) {
  return operations::AppendBlock{.blob = call.blob(),
                                 .length = {},
                                 .checks = checks,
                                 .conditions = TRY(parse_conditions(call.headers())),
                                 .where = {.position = TRY(parse_count(call.headers(), kPosition)),
                                           .most_size = TRY(parse_count(call.headers(), kMaxSize))},
                                 .key = TRY(parse_customer_key(call.headers()))};
}

http::Response appended_answer(const operations::AppendAnswer& done, const operations::AppendBlock& request) {
  auto response = changed_answer(201, done.put.changed);
  add_transfer_checks(response.headers, done.put, request.checks);
  response.headers.add("x-ms-blob-append-offset", std::to_string(done.offset));
  response.headers.add("x-ms-blob-committed-block-count", std::to_string(done.blocks));
  add_encryption(response.headers, request.key);
  return response;
}

}  // namespace

Answer create_append_blob(Call& call) {
  CO_TRY(require_empty_body(call.request));
  CO_TRY(refuse_tier(call.headers()));
  operations::CreateAppendBlob request{.blob = call.blob(),
                                       .content = CO_TRY(parse_put_content_headers(call.headers())),
                                       .metadata = CO_TRY(parse_metadata(call.headers())),
                                       .conditions = CO_TRY(parse_conditions(call.headers())),
                                       .may_overwrite = call.exchange.principal.may_overwrite(),
                                       .tags = CO_TRY(parse_tags(call.headers())),
                                       .key = CO_TRY(parse_customer_key(call.headers())),
                                       .lifetime = CO_TRY(parse_lifetime(call.headers()))};
  auto response = changed_answer(
      201, CO_TRY(co_await operations::create_append_blob(call.floors, call.exchange, request)));
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer append_block(Call& call) {
  CO_TRY(require_body(call.request));
  if (call.request.body.length() == 0u)
    co_return fail(Code::InvalidHeaderValue, "A block is not empty; Content-Length must be above 0.");
  auto request = CO_TRY(parse_append(call, CO_TRY(parse_transfer_checks(call.headers()))));
  request.length = call.request.body.length();
  RequestInput body(call.request.body);
  const auto done = CO_TRY(co_await operations::append_block(call.floors, call.exchange, request, body));
  co_return appended_answer(done, request);
}

Answer append_block_from_url(Call& call) {
  auto request = CO_TRY(parse_append(call, CO_TRY(parse_source_checks(call.headers()))));
  request.action = policy::actions::kAppendBlockFromUrl;
  const auto body = CO_TRY(co_await body_of_source(call, request.action, operations::kMostAppended));
  request.length = body.length;
  const auto done =
      CO_TRY(co_await operations::append_block(call.floors, call.exchange, request, *body.input));
  co_return appended_answer(done, request);
}

Answer seal_append_blob(Call& call) {
  operations::SealAppendBlob request{.blob = call.blob(),
                                     .conditions = CO_TRY(parse_conditions(call.headers())),
                                     .position = CO_TRY(parse_count(call.headers(), kPosition))};
  auto response =
      changed_answer(200, CO_TRY(co_await operations::seal_append_blob(call.floors, call.exchange, request)));
  response.headers.add("x-ms-blob-sealed", "true");
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
