#include <set>
#include <unordered_map>

#include "crypto/mac.h"
#include "operations/blob_requests.h"
#include "operations/replace_blob.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

using BlockIndex = std::unordered_map<std::string, blobs::Piece>;

BlockIndex index_of(const std::vector<blobs::Block>& blocks) {
  BlockIndex index;
  for (const auto& block : blocks) index.emplace(block.id.text(), block.piece);
  return index;
}

/// What a blob has of both kinds, read before the record is made.
struct Found {
  UncommittedView uncommitted;
  std::vector<blobs::Block> uncommitted_blocks;
  std::vector<blobs::Block> committed_blocks;
};

Result<Found> find_blocks(const store::Store& store, const BlobView& view, const blobs::BlobName& blob) {
  Found found{.uncommitted = TRY(look_up_uncommitted(store, *view.keys, view.container->id, blob)),
              .uncommitted_blocks = {},
              .committed_blocks = {}};
  if (found.uncommitted.set)
    found.uncommitted_blocks =
        TRY(blobs::uncommitted_blocks(store, *view.keys, view.container->id, blob, *found.uncommitted.set));
  if (view.head)
    found.committed_blocks = TRY(blobs::committed_blocks(store, *view.keys, view.container->id, *view.head));
  return found;
}

/// The blocks that a list names, in its order. Errors: InvalidBlockList.
Result<std::vector<blobs::Block>> resolve(const std::vector<ListedBlock>& list, const Found& found) {
  auto committed = index_of(found.committed_blocks), uncommitted = index_of(found.uncommitted_blocks);
  auto find = [](const BlockIndex& index, const blobs::BlockId& id) {
    auto at = index.find(id.text());
    return at == index.end() ? nullptr : &at->second;
  };
  std::vector<blobs::Block> blocks;
  for (const auto& listed : list) {
    const blobs::Piece* piece = nullptr;
    if (listed.source != BlockSource::Committed) piece = find(uncommitted, listed.id);
    if (!piece && listed.source != BlockSource::Uncommitted) piece = find(committed, listed.id);
    if (!piece)
      return fail(Code::InvalidBlockList,
                  "The block list names a block that was not put: " + listed.id.text());
    blocks.push_back({listed.id, *piece});
  }
  return blocks;
}

/// The old content makes way: its blocks stay where the new list names them and go otherwise.
void let_go_unlisted(ledger::Effect& effect, const blobs::Departure& going, const BlobView& view,
                     const blobs::BlobName& blob, Found found, const std::vector<blobs::Block>& listed) {
  std::set<std::optional<store::BodyRef>> held;
  for (const auto& block : listed) held.insert(blobs::body_of(going.container, block.piece));
  std::vector<blobs::Block> dropped;
  for (auto* blocks : {&found.committed_blocks, &found.uncommitted_blocks})
    for (auto& block : *blocks)
      if (held.insert(blobs::body_of(going.container, block.piece)).second)
        dropped.push_back(std::move(block));
  blobs::let_go(effect, going, *view.keys, dropped);

  if (found.uncommitted.set) blobs::close_set(effect, going, blob, *found.uncommitted.set, false);
  if (!view.head) return;
  if (const auto* old = std::get_if<blobs::BlockList>(&view.head->layout))
    effect.writes.push_back({blobs::block_list_key(going.container, old->list), std::nullopt});
  else
    blobs::let_go(effect, going, *view.head);
}

blobs::BlobHead head_of(const BlobView& view, Timestamp now, const PutBlockList& request,
                        const std::vector<blobs::Block>& blocks, blobs::BodyNumber list) {
  auto head = new_head(view, now, request.content, request.metadata);
  std::vector<blobs::Piece> pieces;
  for (const auto& block : blocks) {
    head.size += block.piece.length;
    pieces.push_back(block.piece);
  }
  head.content_root = blobs::content_root(pieces);
  head.layout = blobs::BlockList{list, static_cast<std::uint32_t>(blocks.size())};
  return head;
}

Task<Result<Changed>> attempt_commit(const Floors& floors, policy::Exchange& exchange,
                                     const PutBlockList& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(exchange, {.action = policy::actions::kBlobPutBlockList,
                                                .resource = resource(request.blob),
                                                .bounds = {.items = 1}});
  auto guards = view.guards;
  auto refusal = [&](Error error) {
    return refuse(floors, exchange, std::move(decision), guards, std::move(error));
  };
  if (!view.container) co_return std::unexpected(co_await refusal(ContainerView::not_found()));
  const auto now = floors.clock.now();
  if (auto fit = blobs::check(request.conditions, blobs::kCreateBlob, view.state(now)); !fit)
    co_return std::unexpected(co_await refusal(fit.error()));
  if (auto fit = check_overwrite(view, request.may_overwrite); !fit)
    co_return std::unexpected(co_await refusal(fit.error()));
  auto found = CO_TRY(find_blocks(floors.store, view, request.blob.blob));
  guards.push_back(found.uncommitted.guard);
  auto blocks = resolve(request.blocks, found);
  if (!blocks)
    co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision), guards, blocks.error(),
                                              {found.uncommitted.blocks}));

  blobs::BodyNumber list{crypto::random_number()};
  auto head = head_of(view, now, request, *blocks, list);
  ledger::Effect effect{.untouched = {found.uncommitted.blocks}};
  put_head(effect, view, found.uncommitted, request.blob.blob, head);
  effect.writes.push_back(blobs::seal(*view.keys, blobs::block_list_key(view.container->id, list),
                                      blobs::encode_blocks(*blocks)));
  let_go_unlisted(effect, departure(request.blob, view, head.last_modified), view, request.blob.blob,
                  std::move(found), *blocks);
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision), {.status = 201, .content_root = head.content_root}, std::move(effect)));
  co_return Changed{head.etag, head.last_modified};
}

Task<Result<BlockLists>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                     const GetBlockList& request) {
  const auto& blob = request.blob;
  auto view = CO_TRY(look_up(floors, blob));
  auto decision = floors.gate.decide(
      exchange, {.action = policy::actions::kBlobGetBlockList, .resource = resource(blob), .bounds = {}});
  if (!view.container)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, *view.missing()));
  if (auto fit = blobs::check(request.conditions, blobs::kReadBlob, view.state(floors.clock.now())); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto found = CO_TRY(find_blocks(floors.store, view, blob.blob));
  view.guards.push_back(found.uncommitted.guard);
  if (!view.head && !found.uncommitted.set)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, *view.missing()));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                       {.guards = view.guards, .untouched = {found.uncommitted.blocks}}));
  co_return BlockLists{std::move(found.committed_blocks), std::move(found.uncommitted_blocks),
                       view.head ? std::optional(*view.head) : std::nullopt};
}

}  // namespace

Task<Result<Changed>> put_block_list(const Floors& floors, policy::Exchange& exchange,
                                     const PutBlockList& request) {
  if (request.blocks.size() > kMostBlocks)
    co_return fail(Code::BlockListTooLong, "A blob has at most 50,000 blocks; put larger ones.");
  auto attempt = [&] { return attempt_commit(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<BlockLists>> get_block_list(const Floors& floors, policy::Exchange& exchange,
                                        const GetBlockList& request) {
  auto attempt = [&] { return attempt_get(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
