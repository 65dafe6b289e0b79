#include "operations/copies.h"

#include <fmt/format.h>

#include <array>

#include "crypto/mac.h"
#include "operations/blob_change.h"
#include "operations/brought_content.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

bool is_block_blob(const blobs::BlobHead& head) {
  return std::holds_alternative<blobs::Piece>(head.layout) ||
         std::holds_alternative<blobs::BlockList>(head.layout);
}

bool are_of_one_kind(const blobs::BlobHead& a, const blobs::BlobHead& b) {
  return a.layout.index() == b.layout.index() || (is_block_blob(a) && is_block_blob(b));
}

/// Before the source is read nobody knows how much it is.
ChangeTerms terms_of(const CopyBlob& request, std::uint64_t bytes) {
  return {.intent = {.action = request.action,
                     .resource = resource(request.blob),
                     .bounds = {.items = 1, .bytes = static_cast<std::int64_t>(bytes)}},
          .blob = request.blob,
          .conditions = request.conditions,
          .guarded = blobs::kCreateBlob,
          .presence = Presence::Optional,
          .may_overwrite = request.may_overwrite};
}

/// Archived content goes to a blob of another name that is to be in another tier.
bool may_be_archived(const CopyBlob& request, const CopySource& source) {
  const bool is_itself =
      source.blob.container == request.blob.container && source.blob.blob == request.blob.blob;
  return source.tells_why && !is_itself && request.tier && *request.tier != blobs::Tier::Archive;
}

/// Whether the source is worth reading. The commit at the end decides again.
Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const CopyBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, 0)));
  if (!change.is_permitted()) co_return std::unexpected(co_await change.refuse(exchange, {}));
  co_return Result<void>{};
}

/// A source that can be read, and does not go with the request.
Result<void> check_source(const CopyBlob& request, const blobs::BlobHead& head) {
  if (head.size > request.most)
    return fail(Code::RequestBodyTooLarge,
                fmt::format("The source has {} bytes; this takes at most {}.", head.size, request.most));
  const bool has_tier =
      !request.tier || *request.tier == blobs::Tier::Hot || is_block_blob(head) || !request.keeps_kind;
  if (!has_tier) return fail(Code::InvalidBlobTier, "Only block blobs have access tiers.");
  return {};
}

/// Reads the source through, where the client said what its bytes hash to.
Task<Result<std::optional<crypto::Md5Digest>>> check_bytes(const Floors& floors, const CopyBlob& request,
                                                           const CopySource& source,
                                                           const OpenedSource& opened) {
  const auto& checks = request.checks;
  if (!checks.md5 && !checks.crc64) co_return std::optional<crypto::Md5Digest>();
  auto body = CO_TRY(download(floors, source, opened, opened.range));
  crypto::Md5 md5;
  crypto::Crc64 crc64;
  for (auto bytes = CO_TRY(co_await body.next()); !bytes.empty(); bytes = CO_TRY(co_await body.next())) {
    md5.update(bytes);
    crc64.update(bytes);
  }
  const auto digest = md5.finish();
  if (checks.md5 && *checks.md5 != digest)
    co_return fail(Code::Md5Mismatch, "The source does not have the MD5 that was sent for it.");
  if (checks.crc64 && *checks.crc64 != crc64.value())
    co_return fail(Code::Crc64Mismatch, "The source does not have the CRC64 that was sent for it.");
  co_return std::optional(digest);
}

/// One look at the source, with what was brought of it.
struct Found {
  OpenedSource source;
  std::optional<crypto::Md5Digest> md5{};
  blobs::ContainerId container{};  ///< that the content is for
  blobs::CopiedContent content{};
};

/// The tier of the copy; what was archived is on its way out.
std::optional<blobs::AccessTier> tier_of(const Floors& floors, const CopyBlob& request,
                                         const blobs::BlobHead& source, Timestamp now) {
  if (!request.tier) return std::nullopt;
  if (blobs::check_online(source.attributes, now)) return blobs::AccessTier{*request.tier, now};
  const bool hurries = request.priority == blobs::RehydratePriority::High;
  const auto ready = now + (hurries ? floors.rehydration.high : floors.rehydration.standard);
  return blobs::AccessTier{blobs::Tier::Archive, now,
                           blobs::Rehydration{*request.tier, ready, request.priority}};
}

blobs::ContentHeaders content_of(const CopyBlob& request, const blobs::ContentHeaders& source) {
  auto content = request.content;
  if (!content.md5) content.md5 = source.md5;
  if (request.copies_content) fill_in(content, source);
  return content;
}

Result<blobs::BlobHead> head_of(const Floors& floors, const CopyBlob& request, const BlobChange& change,
                                const blobs::BlobHead& source) {
  auto tags = request.tags;
  if (request.copies_tags) tags = TRY(blobs::attribute<blobs::Tags>(source.attributes));
  auto head =
      change.new_head(content_of(request, source.content), request.metadata.value_or(source.metadata), tags);
  head.size = source.size;
  head.content_root = source.content_root;
  head.layout = source.layout;
  if (is_block_blob(source) || !request.keeps_kind)
    blobs::set_attribute(head.attributes, tier_of(floors, request, source, change.now()));
  if (auto* appended = std::get_if<blobs::AppendedBlocks>(&head.layout)) appended->sealed = request.sealed;
  return head;
}

std::optional<blobs::CopyState> state_of(const CopyBlob& request, const blobs::BlobHead& head,
                                         Timestamp now) {
  if (request.told_source.empty()) return std::nullopt;
  return blobs::CopyState{crypto::random_array<16>(), request.told_source, head.size, now};
}

Task<Result<CopyAnswer>> attempt_commit(const Floors& floors, policy::Exchange& exchange,
                                        const CopyBlob& request, const Found& found) {
  const auto& source = *found.source.view.head;
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, source.size)));
  if (change.container() != found.container)
    co_return fail(Code::StateChanged, "The container was replaced meanwhile.");
  const auto& there = change.found().head;
  if (request.keeps_kind && there && !are_of_one_kind(source, *there))
    co_return std::unexpected(co_await change.refuse(
        exchange, {Code::InvalidBlobType, "There is a blob of another kind than the source.", {}}));
  auto head = CO_TRY(head_of(floors, request, change, source));
  auto written = blobs::write_copy(head, found.content, change.container(), change.keys());
  if (const auto* piece = std::get_if<blobs::Piece>(&head.layout))
    head.content_root = blobs::content_root(std::span(piece, 1));
  CopyAnswer answer{.changed = {},
                    .state = state_of(request, head, change.now()),
                    .md5 = found.md5 ? found.md5 : head.content.md5};
  blobs::set_attribute(head.attributes, answer.state);
  CO_TRY(co_await change.give_lifetime(exchange, head, request.lifetime));
  change.add(std::move(written));
  auto& effect = change.effect();
  effect.guards.insert(effect.guards.end(), found.source.view.guards.begin(), found.source.view.guards.end());
  effect.grows = true;
  CO_TRY(change.replace_current(std::move(head)));
  answer.changed = CO_TRY(co_await change.commit(exchange, {.status = request.status}));
  co_return answer;
}

/// Looks whether the source is as it was read, though others changed something near it.
Result<bool> is_unchanged(const Floors& floors, const CopySource& source, BlobView& seen) {
  auto view = TRY(look_up(floors, source.blob));
  const bool same = view.head && *view.head == *seen.head && view.container->id == seen.container->id;
  if (same) seen.guards = std::move(view.guards);
  return same;
}

Task<Result<Found>> find(const Floors& floors, const CopyBlob& request, CopySource& source) {
  Found found{.source = CO_TRY(co_await open_source(floors, source, may_be_archived(request, source)))};
  const auto& head = *found.source.view.head;
  CO_TRY(check_source(request, head));
  found.md5 = CO_TRY(co_await check_bytes(floors, request, source, found.source));
  const auto to = CO_TRY(look_up(floors, ContainerRef{request.blob.account, request.blob.container}));
  if (!to.head) co_return std::unexpected(ContainerView::not_found());
  const CopyPlace place{request.blob, to.head->id, *to.keys};
  found.container = to.head->id;
  if (request.keeps_kind || is_block_blob(head))
    found.content = CO_TRY(co_await bring_content(floors, source, found.source, place));
  else
    found.content = CO_TRY(co_await bring_as_piece(floors, source, found.source, place));
  co_return found;
}

Task<Result<CopyAnswer>> attempt_copy(const Floors& floors, policy::Exchange& exchange,
                                      const CopyBlob& request, CopySource& source) {
  auto found = co_await find(floors, request, source);
  if (!found && found.error().code == Code::StateChanged) co_return std::unexpected(found.error());
  if (!found)
    co_return std::unexpected(co_await refuse_for_source(floors, exchange, terms_of(request, 0).intent,
                                                         source.found, found.error()));
  for (int left = kFreeAttempts; left > 0; --left) {
    auto copied = co_await attempt_commit(floors, exchange, request, *found);
    if (copied || copied.error().code != Code::StateChanged) co_return copied;
    if (!CO_TRY(is_unchanged(floors, source, found->source.view))) break;
    co_await yield();
  }
  co_return fail(Code::StateChanged, "The source of the copy or its place changed meanwhile.");
}

Task<Result<void>> attempt_abort(const Floors& floors, policy::Exchange& exchange, const AbortCopy& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobAbortCopy,
                                                             .resource = resource(request.blob),
                                                             .bounds = {}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions}));
  co_return std::unexpected(co_await change.refuse(
      exchange, {Code::NoPendingCopyOperation, "There is no copy to be aborted: all are done at once.", {}}));
}

}  // namespace

void fill_in(blobs::ContentHeaders& content, const blobs::ContentHeaders& source) {
  using blobs::ContentHeaders;
  for (auto text : {&ContentHeaders::type, &ContentHeaders::encoding, &ContentHeaders::language,
                    &ContentHeaders::disposition, &ContentHeaders::cache_control})
    if ((content.*text).empty()) content.*text = source.*text;
}

Task<Result<CopyAnswer>> copy_blob(const Floors& floors, policy::Exchange& exchange, const CopyBlob& request,
                                   CopySource& source) {
  auto admission = [&] { return admit(floors, exchange, request); };
  CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  auto attempt = [&] { return attempt_copy(floors, exchange, request, source); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<void>> abort_copy(const Floors& floors, policy::Exchange& exchange, const AbortCopy& request) {
  auto attempt = [&] { return attempt_abort(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
