#include "azure/blob/page_request.h"

#include "azure/blob/request_headers.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kAction = "x-ms-sequence-number-action";

Result<blobs::SequenceAction> parse_action(std::string_view text) {
  using enum blobs::SequenceAction;
  if (http::equal_ignoring_case(text, "max")) return Max;
  if (http::equal_ignoring_case(text, "update")) return Update;
  if (http::equal_ignoring_case(text, "increment")) return Increment;
  return fail(Code::InvalidHeaderValue,
              fmt::format("The header {} is none of max, update and increment.", kAction));
}

}  // namespace

Result<std::optional<std::uint64_t>> parse_page_blob_size(const http::Headers& headers) {
  const auto size = TRY(parse_count(headers, kPageBlobSize));
  if (!size || *size % blobs::kPageBytes == 0) return size;
  return fail(Code::InvalidHeaderValue, "The size of a page blob is a multiple of 512 bytes.");
}

Result<std::optional<std::uint64_t>> parse_sequence_number(const http::Headers& headers) {
  const auto number = TRY(parse_count(headers, kSequenceNumber));
  if (!number || *number <= blobs::kMostSequenceNumber) return number;
  return fail(Code::InvalidHeaderValue, "A sequence number is at most 2^63 - 1.");
}

Result<std::optional<operations::SequenceChange>> parse_sequence_change(const http::Headers& headers) {
  const auto number = TRY(parse_sequence_number(headers));
  const auto text = headers.get(kAction);
  if (!number && !text) return std::nullopt;
  operations::SequenceChange change{.action = TRY(parse_action(TRY(required(text, kAction))))};
  const bool increments = change.action == blobs::SequenceAction::Increment;
  if (increments && number)
    return fail(Code::InvalidHeaderValue, "An increment takes no number; leave the sequence number out.");
  if (!increments) change.number = TRY(required(number, kSequenceNumber));
  return change;
}

Result<blobs::SequenceConditions> parse_sequence_conditions(const http::Headers& headers) {
  return blobs::SequenceConditions{.at_most = TRY(parse_count(headers, "x-ms-if-sequence-number-le")),
                                   .below = TRY(parse_count(headers, "x-ms-if-sequence-number-lt")),
                                   .equal = TRY(parse_count(headers, "x-ms-if-sequence-number-eq"))};
}

Result<blobs::Interval> parse_pages(const http::Headers& headers) {
  const auto range = TRY(required(TRY(parse_range(headers)), "x-ms-range"));
  if (!range.last)
    return fail(Code::InvalidHeaderValue, "A range of pages has both ends; write bytes=first-last.");
  return blobs::Interval{range.first, *range.last + 1};
}

}  // namespace vitrine::azure::blob
