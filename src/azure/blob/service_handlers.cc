#include "azure/blob/api_version.h"
#include "azure/blob/delegation_xml.h"
#include "azure/blob/handlers.h"
#include "azure/blob/listing_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/service_properties_xml.h"
#include "azure/blob/xml_writer.h"
#include "operations/containers.h"
#include "operations/service_properties.h"
#include "operations/services.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// The tenant of a token whose issuer knows none: clients read a GUID there.
constexpr std::string_view kNoTenant = "00000000-0000-0000-0000-000000000000";

}  // namespace

Answer list_containers(Call& call) {
  auto asked = CO_TRY(parse_listing(call.request, call.address));
  operations::ListContainers request{.account = call.address.account,
                                     .prefix = asked.request.prefix,
                                     .marker = asked.request.marker,
                                     .most = asked.most,
                                     .include_deleted = asked.also.deleted};
  auto page = CO_TRY(co_await operations::list_containers(call.floors, call.exchange, request));
  co_return xml_answer(write_container_page(page, asked.request, call.exchange.received));
}

Answer get_service_properties(Call& call) {
  co_return xml_answer(write_service_properties(
      CO_TRY(co_await operations::get_service_properties(call.floors, call.exchange, call.address.account))));
}

Answer set_service_properties(Call& call) {
  const operations::SetServiceProperties request{
      call.address.account, CO_TRY(parse_service_properties(
                                CO_TRY(co_await read_document(call.request, kMostServicePropertiesBytes))))};
  CO_TRY(co_await operations::set_service_properties(call.floors, call.exchange, request));
  co_return http::Response::empty(202);
}

Answer get_user_delegation_key(Call& call) {
  const auto& principal = call.exchange.principal;
  auto terms = CO_TRY(parse_key_info(CO_TRY(co_await read_document(call.request, kMostKeyInfoBytes)),
                                     call.exchange.received));
  terms.object_id = principal.holder;
  terms.tenant = principal.tenant.empty() ? kNoTenant : principal.tenant;
  terms.key_version = version_to_answer(call.headers());
  const auto key = CO_TRY(
      co_await operations::get_user_delegation_key(call.floors, call.exchange, call.address.account, terms));
  co_return xml_answer(write_delegation_key(terms, key));
}

Answer get_service_statistics(Call& call) {
  if (!call.address.secondary)
    co_return fail(
        Code::InvalidQueryParameterValue,
        "Statistics are of the secondary endpoint: ask there, with -secondary behind the account.");
  CO_TRY(co_await operations::get_service_statistics(call.floors, call.exchange, call.address.account));
  XmlWriter xml;
  xml.open("StorageServiceStats").open("GeoReplication").text("Status", "live");
  xml.text("LastSyncTime", to_http_date(call.exchange.received));
  co_return xml_answer(xml.close("GeoReplication").close("StorageServiceStats").take());
}

Answer get_account_information(Call& call) {
  CO_TRY(co_await operations::get_account_information(call.floors, call.exchange, call.address.account));
  auto response = http::Response::empty(200);
  response.headers.add("x-ms-sku-name", "Standard_RAGRS");
  response.headers.add("x-ms-account-kind", "StorageV2");
  response.headers.add("x-ms-is-hns-enabled", "false");
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
