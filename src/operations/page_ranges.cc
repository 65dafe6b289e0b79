#include <charconv>

#include "operations/blob_change.h"
#include "operations/marker.h"
#include "operations/page_blobs.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

using blobs::Interval;
using blobs::PageDifference;

/// Where an answer goes on: the byte. Errors: OutOfRangeInput.
Result<std::uint64_t> position_of(const std::string& marker) {
  const auto text = TRY(decode_marker(marker));
  std::uint64_t at = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (problem == std::errc() && end == text.data() + text.size() && at % blobs::kPageBytes == 0) return at;
  return fail(Code::OutOfRangeInput, "The marker is not one that a list of page ranges gave out.");
}

/// The pages that the request asks about. Errors: InvalidRange, OutOfRangeInput.
Result<Interval> asked_pages(const GetPageRanges& request, std::uint64_t size) {
  const auto bytes = TRY(cut(request.range, size));
  const auto up = [](std::uint64_t at) { return (at + blobs::kPageBytes - 1) / blobs::kPageBytes; };
  Interval pages{bytes.offset / blobs::kPageBytes * blobs::kPageBytes,
                 up(bytes.offset + bytes.length) * blobs::kPageBytes};
  if (!request.marker.empty()) pages.begin = std::max(pages.begin, TRY(position_of(request.marker)));
  return pages;
}

/// Ranges that were found one after the other; those that meet become one.
void join(std::vector<PageDifference>& ranges, const Interval& next) {
  if (!ranges.empty() && ranges.back().pages.end == next.begin)
    ranges.back().pages.end = next.end;
  else
    ranges.push_back({next, false});
}

/// One more than asked for, if there are more: the last one may go on.
Result<std::vector<PageDifference>> find_ranges(const Floors& floors, const BlobView& view, Interval left,
                                                std::size_t most) {
  std::vector<PageDifference> found;
  while (!left.empty() && found.size() <= most) {
    auto part = left;
    for (const auto& range :
         TRY(blobs::page_ranges(floors.store, *view.keys, view.container->id, *view.head, false, part)))
      join(found, range);
    left.begin = part.end;
  }
  return found;
}

/// The blob as far as the request may see it; otherwise the error to answer.
Result<Interval> select(const BlobView& view, const GetPageRanges& request, Timestamp now) {
  if (!view.container) return std::unexpected(*view.missing());
  TRY(blobs::check(request.conditions, blobs::kReadBlob, view.state(now)));
  if (auto missing = view.missing()) return std::unexpected(*missing);
  TRY(check_pages(view));
  return asked_pages(request, view.head->size);
}

Task<Result<PageRangesAnswer>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                           const GetPageRanges& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kPageGetRanges, .resource = resource(request.blob), .bounds = {}});
  const auto pages = select(view, request, floors.clock.now());
  if (!pages)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, pages.error()));
  PageRangesAnswer answer{.head = view.head,
                          .ranges = CO_TRY(find_ranges(floors, view, *pages, request.most)),
                          .next_marker = {}};
  if (answer.ranges.size() > request.most) {
    answer.next_marker = encode_marker(std::to_string(answer.ranges[request.most].pages.begin));
    answer.ranges.resize(request.most);
  }
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                       {.status = 200, .content_root = view.head->content_root},
                                       {.guards = view.guards}));
  co_return answer;
}

}  // namespace

Task<Result<PageRangesAnswer>> get_page_ranges(const Floors& floors, policy::Exchange& exchange,
                                               const GetPageRanges& request) {
  auto attempt = [&] { return attempt_get(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
