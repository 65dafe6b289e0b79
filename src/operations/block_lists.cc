#include <set>
#include <unordered_map>

#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "operations/blob_change.h"
#include "operations/blob_requests.h"
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

Result<Found> find_blocks(const store::Store& store, const BlobView& view, const BlobRef& ref) {
  const auto& blob = ref.blob;
  Found found{.uncommitted = TRY(look_up_uncommitted(store, *view.keys, view.container->id, blob)),
              .uncommitted_blocks = {},
              .committed_blocks = {}};
  // A snapshot has none.
  if (ref.past) found.uncommitted.set.reset();
  if (found.uncommitted.set)
    found.uncommitted_blocks =
        TRY(blobs::uncommitted_blocks(store, *view.keys, view.container->id, blob, *found.uncommitted.set));
  if (view.head)
    found.committed_blocks = TRY(blobs::committed_blocks(store, *view.keys, view.container->id, *view.head));
  return found;
}

/// What the blocks of both kinds are encrypted under.
struct Encryption {
  std::optional<blobs::EncryptedWith> uncommitted, committed;
};

Result<Encryption> encryption_of(const Found& found, const BlobView& view) {
  Encryption encryption;
  if (found.uncommitted.set) encryption.uncommitted = found.uncommitted.set->encrypted;
  if (view.head) encryption.committed = TRY(blobs::attribute<blobs::EncryptedWith>(view.head->attributes));
  return encryption;
}

/// The blocks that a list names, in its order, all under the request's key. Errors: InvalidBlockList, those
/// of check_key().
Result<std::vector<blobs::Block>> resolve(const std::vector<ListedBlock>& list, const Found& found,
                                          const Encryption& encryption, const blobs::CustomerKeyPtr& key) {
  auto committed = index_of(found.committed_blocks), uncommitted = index_of(found.uncommitted_blocks);
  auto find = [](const BlockIndex& index, const blobs::BlockId& id) {
    auto at = index.find(id.text());
    return at == index.end() ? nullptr : &at->second;
  };
  std::vector<blobs::Block> blocks;
  for (const auto& listed : list) {
    const blobs::Piece* piece = nullptr;
    if (listed.source != BlockSource::Committed) piece = find(uncommitted, listed.id);
    const bool is_new = piece;
    if (!piece && listed.source != BlockSource::Uncommitted) piece = find(committed, listed.id);
    if (!piece)
      return fail(Code::InvalidBlockList,
                  "The block list names a block that was not put: " + listed.id.text());
    TRY(blobs::check_key(is_new ? encryption.uncommitted : encryption.committed, key));
    blocks.push_back({listed.id, *piece});
  }
  return blocks;
}

/// Takes bodies that were not counted yet.
class Bodies {
 public:
  explicit Bodies(const blobs::ContainerId& container) : container_(container) {}
  /// The block's body, unless it was taken before, or it has none.
  std::optional<store::BodyRef> take(const blobs::Block& block) {
    auto body = blobs::body_of(container_, block.piece);
    return taken_.insert(body).second ? body : std::nullopt;
  }
  bool has(const blobs::Block& block) const {
    return taken_.contains(blobs::body_of(container_, block.piece));
  }

 private:
  const blobs::ContainerId& container_;
  std::set<std::optional<store::BodyRef>> taken_;
};

/// The old content makes way for a list. Without past states its own list goes, and with it what the new one
/// does not name; otherwise a past state may need that list, so the new one gets a hold of its own. Errors:
/// those of the store.
Result<void> let_go_unlisted(BlobChange& change, const BlobRef& blob, const Found& found,
                             const std::vector<blobs::Block>& listed) {
  const blobs::Departure going{blob.account.text(), change.container(), change.now()};
  auto& effect = change.effect();
  const auto* old =
      change.state().head ? std::get_if<blobs::BlockList>(&change.state().head->layout) : nullptr;
  const bool takes_over = old && TRY(change.current_ends());
  Bodies held(change.container());
  std::vector<blobs::Block> dropped;
  if (takes_over) {
    effect.writes.push_back({blobs::block_list_key(going.container, old->list), std::nullopt});
    change.state().head.reset();
  } else {
    Bodies committed(change.container());
    for (const auto& block : found.committed_blocks) (void)committed.take(block);
    Bodies shared(change.container());
    for (const auto& block : listed)
      if (committed.has(block))
        if (auto body = shared.take(block)) effect.shares.push_back(std::move(*body));
    TRY(change.end_current());
  }
  for (const auto& block : listed) (void)held.take(block);
  auto drop = [&](const std::vector<blobs::Block>& blocks) {
    for (const auto& block : blocks)
      if (held.take(block)) dropped.push_back(block);
  };
  if (takes_over) drop(found.committed_blocks);
  drop(found.uncommitted_blocks);
  blobs::let_go(effect, going, change.keys(), dropped);
  if (found.uncommitted.set) blobs::close_set(effect, going, blob.blob, *found.uncommitted.set, false);
  return {};
}

blobs::BlobHead head_of(const BlobChange& change, const PutBlockList& request,
                        const std::vector<blobs::Block>& blocks, blobs::BodyNumber list) {
  auto head = change.new_head(request.content, request.metadata, request.tags);
  if (request.tier)
    blobs::set_attribute(head.attributes, std::optional(blobs::AccessTier{*request.tier, change.now()}));
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
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobPutBlockList,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = blobs::kCreateBlob,
                                                  .presence = Presence::Optional,
                                                  .may_overwrite = request.may_overwrite,
                                                  .is_of_content = true,
                                                  .key = request.key}));
  if (auto fit = check_blocks(change.found()); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  const auto found = CO_TRY(find_blocks(floors.store, change.found(), request.blob));
  change.effect().guards.push_back(found.uncommitted.guard);
  change.effect().untouched.push_back(found.uncommitted.blocks);
  const auto encryption = CO_TRY(encryption_of(found, change.found()));
  const auto blocks = resolve(request.blocks, found, encryption, request.key);
  if (!blocks) co_return std::unexpected(co_await change.refuse(exchange, blocks.error()));
  const blobs::BodyNumber list{crypto::random_number()};
  auto head = head_of(change, request, *blocks, list);
  CO_TRY(co_await change.give_lifetime(exchange, head, request.lifetime));
  change.effect().writes.push_back(blobs::seal(change.keys(), blobs::block_list_key(change.container(), list),
                                               blobs::encode_blocks(*blocks)));
  CO_TRY(let_go_unlisted(change, request.blob, found, *blocks));
  change.set_current(std::move(head));
  co_return co_await change.commit(exchange, {.status = 201});
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
  auto fit = blobs::check(request.conditions, blobs::kReadBlob, view.state(floors.clock.now()));
  if (fit) fit = check_blocks(view);
  if (!fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto found = CO_TRY(find_blocks(floors.store, view, blob));
  view.guards.push_back(found.uncommitted.guard);
  if (!view.head && !found.uncommitted.set)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, *view.missing()));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                       {.status = 200, .version = version_of(request.blob)},
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
