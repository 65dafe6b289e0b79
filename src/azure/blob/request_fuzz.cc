// Any bytes as a target and header lines: never a crash, and what was read holds what its type promises.
#include <cstdlib>

#include "azure/blob/copy_request.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/listing_request.h"
#include "azure/blob/operation_table.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/test_request.h"
#include "azure/blob/unoffered.h"

namespace {

using namespace vitrine;

std::string_view take_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

void expect(bool holds) {
  if (!holds) std::abort();
}

void read_headers(const http::Headers& headers) {
  using namespace azure::blob;
  if (auto range = parse_range(headers); range && *range)
    expect((*range)->last.value_or(UINT64_MAX) >= (*range)->first);
  if (auto metadata = parse_metadata(headers))
    for (const auto& [name, value] : *metadata) expect(!name.empty());
  (void)parse_conditions(headers).has_value();
  (void)parse_pages(headers).has_value();
  if (auto size = parse_page_blob_size(headers); size && *size) expect(**size % blobs::kPageBytes == 0);
  if (auto change = parse_sequence_change(headers); change && *change)
    expect((*change)->number <= blobs::kMostSequenceNumber);
  (void)parse_sequence_conditions(headers).has_value();
  if (auto tags = parse_tags(headers); tags && *tags) expect((*tags)->values.size() <= blobs::kMostTags);
  (void)parse_put_content_headers(headers).has_value();
  (void)parse_lifetime(headers).has_value();
  if (auto checks = parse_transfer_checks(headers)) expect(!checks->md5 || !checks->crc64);
  (void)parse_source_conditions(headers).has_value();
  if (auto source = parse_source_address(headers)) {
    expect(!source->target.host.empty() && source->told.starts_with("http"));
    (void)is_own(*source, headers.get("host").value_or(""), false);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text({data, size});
  auto target = http::Target::parse(take_line(text));
  if (!target) return 0;
  azure::blob::NoBody body;
  http::Request request(body);
  request.target = std::move(*target);
  while (!text.empty()) {
    auto line = take_line(text);
    auto colon = std::min(line.size(), line.find(':'));
    request.headers.add(line.substr(0, colon), line.substr(std::min(line.size(), colon + 1)));
  }
  read_headers(request.headers);
  (void)azure::blob::refuse_unoffered(request).has_value();
  auto address = azure::blob::parse_address(request.target, request.headers.get("host").value_or(""));
  if (!address) return 0;
  expect(!address->blob || address->container);
  (void)azure::blob::parse_previous_snapshot(request, *address).has_value();
  for (auto method : {http::Method::Get, http::Method::Put}) {
    auto operation =
        azure::blob::find_operation(scope_of(*address), {method, request.target, request.headers});
    expect(!operation || (*operation)->method == method);
  }
  if (auto asked = azure::blob::parse_listing(request, *address))
    expect(asked->most > 0 && asked->most <= azure::blob::kMostListed);
  return 0;
}
