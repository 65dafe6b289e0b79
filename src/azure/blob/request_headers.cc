#include "azure/blob/request_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "azure/blob/xml_writer.h"
#include "base/cbor.h"
#include "base/encoding.h"

namespace vitrine::azure::blob {
namespace {

using blobs::ContentHeaders;

constexpr std::string_view kMetadataPrefix = "x-ms-meta-";
constexpr std::string_view kBlobMd5 = "x-ms-blob-content-md5";
constexpr std::string_view kDefaultType = "application/octet-stream";

struct ContentField {
  std::string_view blob_header;
  std::string_view plain_header;
  std::string ContentHeaders::* text;
};
constexpr ContentField kContentFields[] = {
    {"x-ms-blob-content-type", "content-type", &ContentHeaders::type},
    {"x-ms-blob-content-encoding", "content-encoding", &ContentHeaders::encoding},
    {"x-ms-blob-content-language", "content-language", &ContentHeaders::language},
    {"x-ms-blob-content-disposition", "content-disposition", &ContentHeaders::disposition},
    {"x-ms-blob-cache-control", "cache-control", &ContentHeaders::cache_control},
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::optional<crypto::Md5Digest>> parse_md5(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text || text->empty()) return std::nullopt;
  auto bytes = from_base64(*text);
  crypto::Md5Digest digest;
  if (!bytes || bytes->size() != digest.size())
    return fail(Code::InvalidMd5, fmt::format("The header {} is not the base64 text of 16 bytes.", name));
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

Result<std::optional<std::uint64_t>> parse_crc64(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text || text->empty()) return std::nullopt;
  auto bytes = from_base64(*text);
  if (!bytes || bytes->size() != sizeof(std::uint64_t))
    return fail(Code::InvalidHeaderValue,
                fmt::format("The header {} is not the base64 text of 8 bytes, little-endian.", name));
  std::ranges::reverse(*bytes);
  return read_be64(*bytes);
}

/// What listings can give back; empty when absent.
Result<std::string> parse_text(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name).value_or("");
  if (is_utf8(text) && is_xml_text(text)) return std::string(text);
  return fail(Code::InvalidHeaderValue,
              fmt::format("The header {} holds control characters or is not UTF-8.", name));
}

Result<std::optional<blobs::ETagList>> parse_tags(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text) return std::nullopt;
  return TRY(blobs::ETagList::parse(*text));
}

Result<std::optional<Timestamp>> parse_date(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text) return std::nullopt;
  return TRY(parse_http_date(*text));
}

Result<std::optional<blobs::LeaseId>> parse_lease(const http::Headers& headers,
                                                  std::string_view name = "x-ms-lease-id") {
  const auto text = headers.get(name);
  if (!text) return std::nullopt;
  return TRY(blobs::LeaseId::parse(*text));
}

Result<std::optional<operations::AskedRange>> parse_range(std::optional<std::string_view> text) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text) return std::nullopt;
  auto numbers = text->starts_with(kUnit) ? text->substr(kUnit.size()) : std::string_view();
  auto dash = std::min(numbers.find('-'), numbers.size());
  auto first = parse_number(numbers.substr(0, dash));
  auto rest = numbers.substr(std::min(numbers.size(), dash + 1));
  auto last = parse_number(rest);
  bool valid = first && dash < numbers.size() && (rest.empty() || (last && *last >= *first));
  if (valid) return operations::AskedRange{*first, last};
  return fail(Code::InvalidHeaderValue,
              fmt::format("The range '{:.64}' is not valid; write bytes=first-last or bytes=first-.", *text));
}

Result<blobs::TransferChecks> parse_checks(const http::Headers& headers, std::string_view md5,
                                           std::string_view crc64) {
  const blobs::TransferChecks checks{TRY(parse_md5(headers, md5)), TRY(parse_crc64(headers, crc64))};
  if (checks.md5 && checks.crc64)
    return fail(Code::BothCrc64AndMd5HeaderPresent, fmt::format("Send {} or {}, not both.", md5, crc64));
  return checks;
}

}  // namespace

Result<std::optional<operations::AskedRange>> parse_range(const http::Headers& headers) {
  const auto text = headers.get("x-ms-range");
  return parse_range(text ? text : headers.get("range"));
}

Result<std::optional<operations::AskedRange>> parse_source_range(const http::Headers& headers) {
  return parse_range(headers.get("x-ms-source-range"));
}

Result<blobs::Metadata> parse_metadata(const http::Headers& headers) {
  blobs::Metadata metadata;
  for (auto [name, value] : headers)
    if (http::equal_ignoring_case(name.substr(0, kMetadataPrefix.size()), kMetadataPrefix))
      TRY(blobs::add_metadata(metadata, name.substr(kMetadataPrefix.size()), value));
  return metadata;
}

Result<std::optional<blobs::TagExpression>> parse_tag_condition(const http::Headers& headers,
                                                                std::string_view name) {
  const auto text = headers.get(name).value_or("");
  if (text.empty()) return std::nullopt;
  return TRY(blobs::TagExpression::parse(text));
}

Result<blobs::Conditions> parse_conditions(const http::Headers& headers) {
  return blobs::Conditions{
      .if_match = TRY(parse_tags(headers, "if-match")),
      .if_none_match = TRY(parse_tags(headers, "if-none-match")),
      .if_modified_since = TRY(parse_date(headers, "if-modified-since")),
      .if_unmodified_since = TRY(parse_date(headers, "if-unmodified-since")),
      .lease = TRY(parse_lease(headers)),
      .if_tags = TRY(parse_tag_condition(headers)),
  };
}

Result<blobs::Conditions> parse_source_conditions(const http::Headers& headers) {
  return blobs::Conditions{
      .if_match = TRY(parse_tags(headers, "x-ms-source-if-match")),
      .if_none_match = TRY(parse_tags(headers, "x-ms-source-if-none-match")),
      .if_modified_since = TRY(parse_date(headers, "x-ms-source-if-modified-since")),
      .if_unmodified_since = TRY(parse_date(headers, "x-ms-source-if-unmodified-since")),
      .lease = TRY(parse_lease(headers, "x-ms-source-lease-id")),
      .if_tags = TRY(parse_tag_condition(headers, "x-ms-source-if-tags")),
  };
}

Result<blobs::Conditions> parse_lease_condition(const http::Headers& headers) {
  blobs::Conditions conditions;
  conditions.lease = TRY(parse_lease(headers));
  conditions.if_tags = TRY(parse_tag_condition(headers));
  return conditions;
}

Result<std::optional<std::uint64_t>> parse_count(const http::Headers& headers, std::string_view name) {
  const auto text = headers.get(name);
  if (!text) return std::nullopt;
  if (const auto number = parse_number(*text)) return number;
  return fail(Code::InvalidHeaderValue, fmt::format("The header {} is not a number.", name));
}

Result<ContentHeaders> parse_blob_content_headers(const http::Headers& headers) {
  ContentHeaders content;
  for (const auto& field : kContentFields) content.*field.text = TRY(parse_text(headers, field.blob_header));
  content.md5 = TRY(parse_md5(headers, kBlobMd5));
  return content;
}

bool names_blob_content(const http::Headers& headers) {
  return headers.get(kBlobMd5) || std::ranges::any_of(kContentFields, [&](const ContentField& field) {
           return headers.get(field.blob_header).has_value();
         });
}

Result<ContentHeaders> parse_new_content_headers(const http::Headers& headers) {
  auto content = TRY(parse_blob_content_headers(headers));
  if (content.type.empty()) content.type = kDefaultType;
  return content;
}

Result<ContentHeaders> parse_put_content_headers(const http::Headers& headers) {
  auto content = TRY(parse_blob_content_headers(headers));
  for (const auto& field : kContentFields)
    if (!headers.get(field.blob_header)) content.*field.text = TRY(parse_text(headers, field.plain_header));
  if (content.type.empty()) content.type = kDefaultType;
  return content;
}

Result<blobs::TransferChecks> parse_transfer_checks(const http::Headers& headers) {
  return parse_checks(headers, "Content-MD5", "x-ms-content-crc64");
}

Result<blobs::TransferChecks> parse_source_checks(const http::Headers& headers) {
  return parse_checks(headers, "x-ms-source-content-md5", "x-ms-source-content-crc64");
}

std::string format_md5(const crypto::Md5Digest& digest) {
  return to_base64(digest);
}

std::string format_crc64(std::uint64_t crc) {
  Bytes bytes;
  append_be64(bytes, crc);
  std::ranges::reverse(bytes);
  return to_base64(bytes);
}

Result<bool> parse_flag(const http::Headers& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text || http::equal_ignoring_case(*text, "false")) return false;
  if (http::equal_ignoring_case(*text, "true")) return true;
  return fail(Code::InvalidHeaderValue, fmt::format("The header {} is neither true nor false.", name));
}

}  // namespace vitrine::azure::blob
