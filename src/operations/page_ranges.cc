#include "operations/page_selection.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

using blobs::Interval;
using blobs::PageDifference;

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
    for (const auto& range : TRY(blobs::page_ranges(floors.store, *view.keys, view.container->id, *view.head,
                                                    view.is_past(), part)))
      join(found, range);
    left.begin = part.end;
  }
  return found;
}

Task<Result<PageRangesAnswer>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                           const GetPageRanges& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kPageGetRanges, .resource = resource(request.blob), .bounds = {}});
  const auto pages = select_pages(view, request, floors.clock.now());
  if (!pages)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, pages.error()));
  auto answer = answer_of(view, CO_TRY(find_ranges(floors, view, *pages, request.most)), request.most);
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision),
      {.status = 200, .version = version_of(request.blob), .content_root = view.head->content_root},
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
