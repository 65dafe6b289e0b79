#include "azure/blob/handlers.h"
#include "azure/blob/listing_request.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/tags_coding.h"
#include "operations/find_blobs.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// What the answer's document repeats of the request, and what is asked.
struct AskedSearch {
  std::string_view where;
  std::optional<std::size_t> most;
  operations::FindBlobs request;
};

Result<AskedSearch> parse_search(const Call& call) {
  const auto where = call.parameter("where");
  if (!where)
    return fail(Code::MissingRequiredQueryParameter, "The request needs the parameter where: an expression.");
  const auto most = TRY(parse_max_results(call.parameter("maxresults")));
  return AskedSearch{*where,
                     most,
                     {.account = call.address.account,
                      .container = call.address.container,
                      .search = TRY(blobs::TagSearch::parse(*where)),
                      .marker = std::string(call.parameter("marker").value_or("")),
                      .most = std::min(most.value_or(kMostListed), kMostListed)}};
}

std::string write_page(const operations::FoundPage& page, const AskedSearch& asked,
                       std::string_view endpoint) {
  XmlWriter xml;
  xml.open("EnumerationResults").attribute("ServiceEndpoint", endpoint);
  xml.text("Where", asked.where);
  if (asked.most) xml.number("MaxResults", *asked.most);
  xml.open("Blobs");
  for (const auto& blob : page.blobs) {
    xml.open("Blob").name("Name", blob.name).text("ContainerName", blob.container);
    write_tags(xml, blob.tags);
    xml.close("Blob");
  }
  return xml.close("Blobs").text("NextMarker", page.next_marker).close("EnumerationResults").take();
}

}  // namespace

Answer find_blobs(Call& call) {
  const auto asked = CO_TRY(parse_search(call));
  const auto page = CO_TRY(co_await operations::find_blobs(call.floors, call.exchange, asked.request));
  co_return xml_answer(write_page(page, asked, service_endpoint(call.request, call.address)));
}

}  // namespace vitrine::azure::blob::handlers
