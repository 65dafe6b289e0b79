#include "azure/blob/response_headers.h"

#include "azure/blob/blob_type.h"
#include "azure/blob/copy_words.h"
#include "azure/blob/customer_key_headers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_headers.h"

namespace vitrine::azure::blob {
namespace {

void add_unless_empty(http::Headers& headers, std::string_view name, std::string_view value) {
  if (!value.empty()) headers.add(name, value);
}

void add_copy(http::Headers& headers, const CopyWords& words) {
  headers.add("x-ms-copy-id", words.id);
  headers.add("x-ms-copy-source", words.source);
  headers.add("x-ms-copy-status", words.status);
  headers.add("x-ms-copy-progress", words.progress);
  headers.add("x-ms-copy-completion-time", words.completed);
}

void add_common(http::Headers& headers, const blobs::BlobHead& head) {
  const auto& content = head.content;
  add_unless_empty(headers, "Content-Type", content.type);
  add_unless_empty(headers, "Content-Encoding", content.encoding);
  add_unless_empty(headers, "Content-Language", content.language);
  add_unless_empty(headers, "Content-Disposition", content.disposition);
  add_unless_empty(headers, "Cache-Control", content.cache_control);
  add_state(headers, head.etag, head.last_modified);
  headers.add("Accept-Ranges", "bytes");
  headers.add("x-ms-creation-time", to_http_date(head.created));
  headers.add("x-ms-blob-type", type_of(head));
  if (const auto* appended = std::get_if<blobs::AppendedBlocks>(&head.layout)) {
    headers.add("x-ms-blob-committed-block-count", std::to_string(appended->blocks.size()));
    if (appended->sealed) headers.add("x-ms-blob-sealed", "true");
  }
  if (const auto* pages = std::get_if<blobs::Pages>(&head.layout))
    headers.add("x-ms-blob-sequence-number", std::to_string(pages->sequence_number));
  if (const auto copy = blobs::attribute<blobs::CopyState>(head.attributes); copy && *copy)
    add_copy(headers, copy_words(**copy));
  if (const auto tags = blobs::attribute<blobs::Tags>(head.attributes); tags && *tags)
    headers.add("x-ms-tag-count", std::to_string((*tags)->values.size()));
  add_lifetime(headers, head.attributes);
  add_encryption(headers, head.attributes);
  add_metadata(headers, head.metadata);
}

}  // namespace

void add_state(http::Headers& headers, const blobs::ETag& etag, Timestamp last_modified) {
  headers.add("ETag", etag.quoted());
  headers.add("Last-Modified", to_http_date(last_modified));
}

void add_lease(http::Headers& headers, const LeaseWords& words) {
  headers.add("x-ms-lease-status", words.status);
  headers.add("x-ms-lease-state", words.state);
  add_unless_empty(headers, "x-ms-lease-duration", words.duration);
}

void add_tier(http::Headers& headers, const TierWords& words) {
  headers.add(kTierHeader, words.tier);
  if (words.set) headers.add("x-ms-access-tier-change-time", to_http_date(*words.set));
  headers.add("x-ms-access-tier-inferred", words.set ? "false" : "true");
  add_unless_empty(headers, "x-ms-archive-status", words.archive_status);
  add_unless_empty(headers, "x-ms-rehydrate-priority", words.priority);
}

void add_metadata(http::Headers& headers, const blobs::Metadata& metadata) {
  for (const auto& [name, value] : metadata) headers.add("x-ms-meta-" + name, value);
}

void add_blob(http::Headers& headers, const blobs::BlobHead& head) {
  add_common(headers, head);
  if (head.content.md5) headers.add("Content-MD5", format_md5(*head.content.md5));
}

void add_blob_of_part(http::Headers& headers, const blobs::BlobHead& head) {
  add_common(headers, head);
  if (head.content.md5) headers.add("x-ms-blob-content-md5", format_md5(*head.content.md5));
}

void add_transfer_checks(http::Headers& headers, const operations::PutAnswer& put,
                         const blobs::TransferChecks& checks) {
  if (put.md5) headers.add("Content-MD5", format_md5(*put.md5));
  if (checks.crc64) headers.add("x-ms-content-crc64", format_crc64(*checks.crc64));
}

void override_headers(http::Headers& headers, const http::Target& target) {
  constexpr std::pair<std::string_view, std::string_view> kOverrides[] = {
      {"rscc", "Cache-Control"},    {"rscd", "Content-Disposition"}, {"rsce", "Content-Encoding"},
      {"rscl", "Content-Language"}, {"rsct", "Content-Type"},
  };
  for (const auto& [parameter, header] : kOverrides)
    if (const auto value = target.parameter(parameter); value && !value->empty()) headers.set(header, *value);
}

http::Response xml_answer(std::string document) {
  return http::Response::text(200, "application/xml", std::move(document));
}

http::Response changed_answer(unsigned status, const operations::Changed& state) {
  auto response = http::Response::empty(status);
  add_state(response.headers, state.etag, state.last_modified);
  if (state.version) response.headers.add(kVersionId, state.version->text());
  return response;
}

}  // namespace vitrine::azure::blob
