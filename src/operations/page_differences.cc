#include "operations/page_selection.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

constexpr auto kAction = policy::actions::kPageGetRangesDiff;

/// The snapshot that differences are told from. Errors: PreviousSnapshotNotFound, BlobOverwritten,
/// PreviousSnapshotCannotBeNewer.
Result<BlobView> previous_of(const Floors& floors, const GetPageDifferences& request, const BlobView& view) {
  auto ref = request.ranges.blob;
  if (ref.past && ref.past->moment < request.previous)
    return fail(Code::PreviousSnapshotCannotBeNewer,
                "The previous snapshot is newer than the one that it is compared with.");
  ref.past = {blobs::PastKind::Snapshot, request.previous};
  auto previous = TRY(look_up(floors, ref));
  if (!previous.head) return fail(Code::PreviousSnapshotNotFound, "The previous snapshot does not exist.");
  if (blobs::content_number(*previous.head) != blobs::content_number(*view.head))
    return fail(Code::BlobOverwritten, "The blob was created anew since the previous snapshot was taken.");
  return previous;
}

/// Those of the asked pages, one more than asked for if there are more.
Result<std::vector<blobs::PageDifference>> find_differences(const Floors& floors, const BlobView& previous,
                                                            const BlobView& view,
                                                            const blobs::Interval& pages) {
  if (pages.empty()) return std::vector<blobs::PageDifference>();
  return blobs::page_differences(floors.store, *view.keys, view.container->id, *previous.head, *view.head,
                                 view.is_past(), pages);
}

Task<Result<PageRangesAnswer>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                           const GetPageDifferences& request) {
  auto view = CO_TRY(look_up(floors, request.ranges.blob));
  auto decision = floors.gate.decide(
      exchange, {.action = kAction, .resource = resource(request.ranges.blob), .bounds = {}});
  const auto pages = select_pages(view, request.ranges, floors.clock.now());
  auto previous = pages ? previous_of(floors, request, view) : Result<BlobView>(std::unexpect, pages.error());
  if (!previous)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, previous.error()));
  view.guards.push_back(previous->guards.back());
  auto answer =
      answer_of(view, CO_TRY(find_differences(floors, *previous, view, *pages)), request.ranges.most);
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision),
      {.status = 200, .version = version_of(request.ranges.blob), .content_root = view.head->content_root},
      {.guards = view.guards}));
  co_return answer;
}

}  // namespace

Task<Result<PageRangesAnswer>> get_page_differences(const Floors& floors, policy::Exchange& exchange,
                                                    const GetPageDifferences& request) {
  auto attempt = [&] { return attempt_get(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.ranges.blob, attempt);
}

}  // namespace vitrine::operations
