#include "operations/page_selection.h"

#include <charconv>

#include "operations/blob_change.h"
#include "operations/marker.h"

namespace vitrine::operations {
namespace {

/// Where an answer goes on: the byte. Errors: OutOfRangeInput.
Result<std::uint64_t> position_of(const std::string& marker) {
  const auto text = TRY(decode_marker(marker));
  std::uint64_t at = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (problem == std::errc() && end == text.data() + text.size() && at % blobs::kPageBytes == 0) return at;
  return fail(Code::OutOfRangeInput, "The marker is not one that a list of page ranges gave out.");
}

/// Errors: InvalidRange, OutOfRangeInput.
Result<blobs::Interval> asked_pages(const GetPageRanges& request, std::uint64_t size) {
  const auto bytes = TRY(cut(request.range, size));
  const auto up = [](std::uint64_t at) { return (at + blobs::kPageBytes - 1) / blobs::kPageBytes; };
  blobs::Interval pages{bytes.offset / blobs::kPageBytes * blobs::kPageBytes,
                        up(bytes.offset + bytes.length) * blobs::kPageBytes};
  if (!request.marker.empty()) pages.begin = std::max(pages.begin, TRY(position_of(request.marker)));
  return pages;
}

}  // namespace

Result<blobs::Interval> select_pages(const BlobView& view, const GetPageRanges& request, Timestamp now) {
  if (!view.container) return std::unexpected(*view.missing());
  // A condition on an absent blob fails before its absence is told.
  TRY(blobs::check(request.conditions, blobs::kReadBlob, view.state(now)));
  if (auto missing = view.missing()) return std::unexpected(*missing);
  TRY(check_pages(view));
  return asked_pages(request, view.head->size);
}

PageRangesAnswer answer_of(const BlobView& view, std::vector<blobs::PageDifference> ranges,
                           std::size_t most) {
  PageRangesAnswer answer{.head = view.head, .ranges = std::move(ranges), .next_marker = {}};
  if (answer.ranges.size() <= most) return answer;
  answer.next_marker = encode_marker(std::to_string(answer.ranges[most].pages.begin));
  answer.ranges.resize(most);
  return answer;
}

}  // namespace vitrine::operations
