#include "azure/blob/api_version.h"
#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/listing_request.h"
#include "azure/blob/page_list_xml.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/source_of_call.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// Older clients know no pages of a list and get all of it.
constexpr std::string_view kFirstVersionWithMarkers = "2020-10-02";

Result<std::size_t> parse_most(const Call& call) {
  if (version_to_answer(call.headers()) < kFirstVersionWithMarkers) return SIZE_MAX;
  const auto asked = TRY(parse_max_results(call.parameter("maxresults")));
  return std::min(asked.value_or(operations::kMostPageRanges), operations::kMostPageRanges);
}

Result<operations::GetPageRanges> parse_ranges_request(const Call& call) {
  return operations::GetPageRanges{.blob = TRY(blob_or_snapshot(call)),
                                   .range = TRY(parse_range(call.headers())),
                                   .marker = std::string(call.parameter("marker").value_or("")),
                                   .most = TRY(parse_most(call)),
                                   .conditions = TRY(parse_conditions(call.headers()))};
}

http::Response pages_answer(const operations::PagesAnswer& done, const blobs::TransferChecks& checks) {
  auto response = changed_answer(201, done.put.changed);
  add_transfer_checks(response.headers, done.put, checks);
  response.headers.add(kSequenceNumber, std::to_string(done.sequence_number));
  return response;
}

http::Response ranges_answer(const operations::PageRangesAnswer& found) {
  auto response = xml_answer(write_page_list(found));
  add_state(response.headers, found.head->etag, found.head->last_modified);
  response.headers.add(kPageBlobSize, std::to_string(found.head->size));
  return response;
}

}  // namespace

Answer create_page_blob(Call& call) {
  CO_TRY(require_empty_body(call.request));
  CO_TRY(refuse_tier(call.headers()));
  operations::CreatePageBlob request{
      .blob = call.blob(),
      .size = CO_TRY(required(CO_TRY(parse_page_blob_size(call.headers())), kPageBlobSize)),
      .sequence_number = CO_TRY(parse_sequence_number(call.headers())).value_or(0),
      .content = CO_TRY(parse_put_content_headers(call.headers())),
      .metadata = CO_TRY(parse_metadata(call.headers())),
      .conditions = CO_TRY(parse_conditions(call.headers())),
      .may_overwrite = call.exchange.principal.may_overwrite(),
      .tags = CO_TRY(parse_tags(call.headers())),
      .key = CO_TRY(parse_customer_key(call.headers())),
      .lifetime = CO_TRY(parse_lifetime(call.headers()))};
  auto response =
      changed_answer(201, CO_TRY(co_await operations::create_page_blob(call.floors, call.exchange, request)));
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer put_pages(Call& call) {
  CO_TRY(require_body(call.request));
  operations::PutPages request{.blob = call.blob(),
                               .pages = CO_TRY(parse_pages(call.headers())),
                               .length = call.request.body.length(),
                               .checks = CO_TRY(parse_transfer_checks(call.headers())),
                               .conditions = CO_TRY(parse_conditions(call.headers())),
                               .sequence = CO_TRY(parse_sequence_conditions(call.headers())),
                               .key = CO_TRY(parse_customer_key(call.headers()))};
  RequestInput body(call.request.body);
  auto response = pages_answer(
      CO_TRY(co_await operations::put_pages(call.floors, call.exchange, request, body)), request.checks);
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer put_pages_from_url(Call& call) {
  CO_TRY(required(CO_TRY(parse_source_range(call.headers())), "x-ms-source-range"));
  operations::PutPages request{.blob = call.blob(),
                               .pages = CO_TRY(parse_pages(call.headers())),
                               .length = {},
                               .checks = CO_TRY(parse_source_checks(call.headers())),
                               .conditions = CO_TRY(parse_conditions(call.headers())),
                               .sequence = CO_TRY(parse_sequence_conditions(call.headers())),
                               .key = CO_TRY(parse_customer_key(call.headers())),
                               .action = policy::actions::kPagePutFromUrl};
  const auto body = CO_TRY(co_await body_of_source(call, request.action, blobs::kMostPageWrite));
  request.length = body.length;
  auto response =
      pages_answer(CO_TRY(co_await operations::put_pages(call.floors, call.exchange, request, *body.input)),
                   request.checks);
  add_encryption(response.headers, request.key);
  co_return response;
}

Answer clear_pages(Call& call) {
  CO_TRY(require_empty_body(call.request));
  operations::ClearPages request{.blob = call.blob(),
                                 .pages = CO_TRY(parse_pages(call.headers())),
                                 .conditions = CO_TRY(parse_conditions(call.headers())),
                                 .sequence = CO_TRY(parse_sequence_conditions(call.headers())),
                                 .key = CO_TRY(parse_customer_key(call.headers()))};
  co_return pages_answer(CO_TRY(co_await operations::clear_pages(call.floors, call.exchange, request)), {});
}

Answer get_page_ranges(Call& call) {
  const auto request = CO_TRY(parse_ranges_request(call));
  co_return ranges_answer(CO_TRY(co_await operations::get_page_ranges(call.floors, call.exchange, request)));
}

Answer get_page_differences(Call& call) {
  const operations::GetPageDifferences request{CO_TRY(parse_ranges_request(call)),
                                               CO_TRY(parse_previous_snapshot(call.request, call.address))};
  co_return ranges_answer(
      CO_TRY(co_await operations::get_page_differences(call.floors, call.exchange, request)));
}

}  // namespace vitrine::azure::blob::handlers
