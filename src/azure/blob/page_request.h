// The request headers of page blobs.
// Source: Azure Storage REST, "Put Blob", "Put Page", "Set Blob Properties".
#pragma once

#include <fmt/format.h>

#include "http/headers.h"
#include "operations/page_blobs.h"

namespace vitrine::azure::blob {

inline constexpr std::string_view kPageBlobSize = "x-ms-blob-content-length";
inline constexpr std::string_view kSequenceNumber = "x-ms-blob-sequence-number";

/// The value of a header that must be there. Errors: MissingRequiredHeader.
template <class T>
Result<T> required(std::optional<T> value, std::string_view header) {
  if (value) return *std::move(value);
  return fail(Code::MissingRequiredHeader, fmt::format("The request needs the header {}.", header));
}

/// In bytes; none when absent. Errors: InvalidHeaderValue unless it is a multiple of 512.
Result<std::optional<std::uint64_t>> parse_page_blob_size(const http::Headers& headers);

/// Up to 2^63 - 1; none when absent. Errors: InvalidHeaderValue.
Result<std::optional<std::uint64_t>> parse_sequence_number(const http::Headers& headers);
/// x-ms-sequence-number-action with its number; none when both are absent. Errors: InvalidHeaderValue,
/// MissingRequiredHeader.
Result<std::optional<operations::SequenceChange>> parse_sequence_change(const http::Headers& headers);
/// x-ms-if-sequence-number-le, -lt and -eq. Errors: InvalidHeaderValue.
Result<blobs::SequenceConditions> parse_sequence_conditions(const http::Headers& headers);

/// The range of a change, of which both ends must be said. Errors: MissingRequiredHeader,
/// InvalidHeaderValue.
Result<blobs::Interval> parse_pages(const http::Headers& headers);

}  // namespace vitrine::azure::blob
