#include "azure/blob/block_list_xml.h"
#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/source_of_call.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"

namespace vitrine::azure::blob::handlers {
namespace {

Result<blobs::BlockId> parse_block_id(const Call& call) {
  auto text = call.parameter("blockid");
  if (!text)
    return fail(Code::MissingRequiredQueryParameter, "Put Block needs the parameter blockid: a base64 text.");
  return blobs::BlockId::parse(*text);
}

Result<void> check_length(const Call& call) {
  TRY(require_body(call.request));
  if (call.request.body.length() != 0u) return {};
  return fail(Code::InvalidHeaderValue, "A block is not empty; Content-Length must be above 0.");
}

}  // namespace

Answer put_block(Call& call) {
  CO_TRY(check_length(call));
  operations::PutBlock request{.blob = call.blob(),
                               .id = CO_TRY(parse_block_id(call)),
                               .length = call.request.body.length(),
                               .checks = CO_TRY(parse_transfer_checks(call.headers())),
                               .conditions = CO_TRY(parse_lease_condition(call.headers())),
                               .key = CO_TRY(parse_customer_key(call.headers()))};
  RequestInput body(call.request.body);
  auto put = CO_TRY(co_await operations::put_block(call.floors, call.exchange, request, body));
  auto response = http::Response::empty(201);
  add_transfer_checks(response.headers, put, request.checks);
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer put_block_from_url(Call& call) {
  operations::PutBlock request{.blob = call.blob(),
                               .id = CO_TRY(parse_block_id(call)),
                               .checks = CO_TRY(parse_source_checks(call.headers())),
                               .conditions = CO_TRY(parse_lease_condition(call.headers())),
                               .key = CO_TRY(parse_customer_key(call.headers())),
                               .action = policy::actions::kBlobPutBlockFromUrl};
  request.tells_md5 = !request.checks.crc64;
  const auto body = CO_TRY(co_await body_of_source(call, request.action, operations::kMostPutBlock));
  request.length = body.length;
  const auto put = CO_TRY(co_await operations::put_block(call.floors, call.exchange, request, *body.input));
  auto response = http::Response::empty(201);
  add_transfer_checks(response.headers, put, request.checks);
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer put_block_list(Call& call) {
  CO_TRY(require_body(call.request));
  operations::PutBlockList request{.blob = call.blob(),
                                   .blocks = {},
                                   .content = CO_TRY(parse_new_content_headers(call.headers())),
                                   .metadata = CO_TRY(parse_metadata(call.headers())),
                                   .conditions = CO_TRY(parse_conditions(call.headers())),
                                   .may_overwrite = call.exchange.principal.may_overwrite(),
                                   .tags = CO_TRY(parse_tags(call.headers())),
                                   .tier = CO_TRY(parse_tier(call.headers())),
                                   .key = CO_TRY(parse_customer_key(call.headers())),
                                   .lifetime = CO_TRY(parse_lifetime(call.headers()))};
  request.blocks =
      CO_TRY(parse_block_list(CO_TRY(co_await read_document(call.request, kMostBlockListBytes))));
  auto response =
      changed_answer(201, CO_TRY(co_await operations::put_block_list(call.floors, call.exchange, request)));
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer get_block_list(Call& call) {
  auto type = CO_TRY(parse_block_list_type(call.parameter("blocklisttype").value_or("")));
  operations::GetBlockList request{CO_TRY(blob_or_snapshot(call)),
                                   CO_TRY(parse_lease_condition(call.headers()))};
  auto lists = CO_TRY(co_await operations::get_block_list(call.floors, call.exchange, request));
  auto response = xml_answer(write_block_lists(lists, type));
  if (lists.head) {
    add_state(response.headers, lists.head->etag, lists.head->last_modified);
    response.headers.add("x-ms-blob-content-length", std::to_string(lists.head->size));
  }
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
