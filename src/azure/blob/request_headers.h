// The request headers that several operations share, parsed once at the edge.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "blobs/metadata.h"
#include "http/headers.h"
#include "operations/blob_requests.h"

namespace vitrine::azure::blob {

/// x-ms-range, or Range without it; none when neither is sent. "bytes=a-b" and "bytes=a-" only: the service
/// takes no suffixes and no lists. Errors: InvalidHeaderValue.
Result<std::optional<operations::AskedRange>> parse_range(const http::Headers& headers);

/// The same of x-ms-source-range.
Result<std::optional<operations::AskedRange>> parse_source_range(const http::Headers& headers);

/// All x-ms-meta- headers. Errors: those of blobs::add_metadata.
Result<blobs::Metadata> parse_metadata(const http::Headers& headers);

inline constexpr std::string_view kIfTagsHeader = "x-ms-if-tags";
/// An expression on tags; none when the header is absent or empty. Errors: InvalidHeaderValue.
Result<std::optional<blobs::TagExpression>> parse_tag_condition(const http::Headers& headers,
                                                                std::string_view name = kIfTagsHeader);

/// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, x-ms-lease-id, x-ms-if-tags. Errors:
/// InvalidHeaderValue.
Result<blobs::Conditions> parse_conditions(const http::Headers& headers);
/// The same of the blob that x-ms-copy-source names: x-ms-source-if-match and so on, x-ms-source-lease-id,
/// x-ms-source-if-tags.
Result<blobs::Conditions> parse_source_conditions(const http::Headers& headers);
/// Of operations that take x-ms-lease-id, x-ms-if-tags and no other condition.
Result<blobs::Conditions> parse_lease_condition(const http::Headers& headers);

/// A decimal number; none when absent. Errors: InvalidHeaderValue.
Result<std::optional<std::uint64_t>> parse_count(const http::Headers& headers, std::string_view name);

/// The x-ms-blob-content-… headers and x-ms-blob-cache-control. Errors: InvalidMd5,
/// InvalidHeaderValue for control characters and text that is not UTF-8.
Result<blobs::ContentHeaders> parse_blob_content_headers(const http::Headers& headers);
/// Whether any of them is there.
bool names_blob_content(const http::Headers& headers);
/// The same of a blob that comes into being: its type is application/octet-stream unless one is sent.
Result<blobs::ContentHeaders> parse_new_content_headers(const http::Headers& headers);
/// The same, and Content-Type, Content-Encoding and so on where they are absent: Put Blob takes both.
Result<blobs::ContentHeaders> parse_put_content_headers(const http::Headers& headers);

/// Content-MD5 and x-ms-content-crc64: what the body was announced to hash to. Errors: InvalidMd5,
/// InvalidHeaderValue, BothCrc64AndMd5HeaderPresent.
Result<blobs::TransferChecks> parse_transfer_checks(const http::Headers& headers);

/// The same of x-ms-source-content-md5 and x-ms-source-content-crc64, for what the source has.
Result<blobs::TransferChecks> parse_source_checks(const http::Headers& headers);

/// The wire's forms: base64 of the digest, and of the eight bytes little-endian.
std::string format_md5(const crypto::Md5Digest& digest);
std::string format_crc64(std::uint64_t crc);

/// "true" or "false", in any case; false when absent. Errors: InvalidHeaderValue.
Result<bool> parse_flag(const http::Headers& headers, std::string_view name);

}  // namespace vitrine::azure::blob
