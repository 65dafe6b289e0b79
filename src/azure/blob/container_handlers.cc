#include "azure/blob/acl_xml.h"
#include "azure/blob/handlers.h"
#include "azure/blob/listing_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "operations/blob_requests.h"
#include "operations/containers.h"

namespace vitrine::azure::blob::handlers {
namespace {

http::Response with_metadata(const blobs::ContainerHead& head) {
  auto response = http::Response::empty(200);
  add_state(response.headers, head.etag, head.last_modified);
  add_metadata(response.headers, head.metadata);
  return response;
}

Result<operations::ReadContainer> read_request(const Call& call) {
  return operations::ReadContainer{call.container(), TRY(parse_lease_condition(call.headers()))};
}

}  // namespace

Answer create_container(Call& call) {
  operations::CreateContainer request{call.container(), CO_TRY(parse_metadata(call.headers())),
                                      CO_TRY(parse_public_access(call.headers()))};
  co_return changed_answer(
      201, CO_TRY(co_await operations::create_container(call.floors, call.exchange, request)));
}

Answer get_container_properties(Call& call) {
  auto head = CO_TRY(
      co_await operations::get_container_properties(call.floors, call.exchange, CO_TRY(read_request(call))));
  auto response = with_metadata(head);
  add_lease(response.headers, lease_words(head.attributes, call.exchange.received));
  CO_TRY(add_public_access(response.headers, head.attributes));
  response.headers.add("x-ms-has-immutability-policy", "false");
  response.headers.add("x-ms-has-legal-hold", "false");
  response.headers.add("x-ms-immutable-storage-with-versioning-enabled", "true");
  response.headers.add("x-ms-default-encryption-scope", "$account-encryption-key");
  response.headers.add("x-ms-deny-encryption-scope-override", "false");
  co_return response;
}

Answer get_container_metadata(Call& call) {
  co_return with_metadata(CO_TRY(
      co_await operations::get_container_metadata(call.floors, call.exchange, CO_TRY(read_request(call)))));
}

Answer set_container_metadata(Call& call) {
  operations::SetContainerMetadata request{call.container(), CO_TRY(parse_metadata(call.headers())),
                                           CO_TRY(parse_conditions(call.headers()))};
  co_return changed_answer(
      200, CO_TRY(co_await operations::set_container_metadata(call.floors, call.exchange, request)));
}

Answer get_container_acl(Call& call) {
  auto head =
      CO_TRY(co_await operations::get_container_acl(call.floors, call.exchange, CO_TRY(read_request(call))));
  auto response = xml_answer(write_policies(CO_TRY(blobs::access_list(head.attributes)).policies));
  add_state(response.headers, head.etag, head.last_modified);
  CO_TRY(add_public_access(response.headers, head.attributes));
  co_return response;
}

Answer set_container_acl(Call& call) {
  operations::SetContainerAcl request{.container = call.container(),
                                      .level = CO_TRY(parse_public_access(call.headers())),
                                      .policies = {},
                                      .conditions = CO_TRY(parse_conditions(call.headers()))};
  request.policies = CO_TRY(parse_policies(CO_TRY(co_await read_document(call.request, kMostAclBytes))));
  co_return changed_answer(
      200, CO_TRY(co_await operations::set_container_acl(call.floors, call.exchange, request)));
}

Answer delete_container(Call& call) {
  operations::DeleteContainer request{call.container(), CO_TRY(parse_conditions(call.headers()))};
  CO_TRY(co_await operations::delete_container(call.floors, call.exchange, request));
  co_return http::Response::empty(202);
}

Answer list_blobs(Call& call) {
  auto asked = CO_TRY(parse_listing(call.request, call.address));
  operations::ListBlobs request{.container = call.container(),
                                .prefix = asked.request.prefix,
                                .delimiter = asked.request.delimiter,
                                .marker = asked.request.marker,
                                .most = asked.most,
                                .include_uncommitted = asked.include_uncommitted,
                                .also = asked.also,
                                .start_from = asked.start_from,
                                .end_before = asked.end_before};
  auto page = CO_TRY(co_await operations::list_blobs(call.floors, call.exchange, request));
  co_return xml_answer(
      write_blob_page(page, asked.request, request.container.container, call.exchange.received));
}

}  // namespace vitrine::azure::blob::handlers
