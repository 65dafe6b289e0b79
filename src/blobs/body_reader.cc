#include "blobs/body_reader.h"

#include <algorithm>

#include "blobs/sealed.h"

namespace vitrine::blobs {
namespace {

std::unexpected<Error> overwritten() {
  return fail(Code::StateChanged, "The blob was overwritten meanwhile.");
}

}  // namespace

Result<std::vector<Piece>> pieces_of(const store::Store& store, const keys::DataKeys& keys,
                                     const ContainerId& container, const BlobHead& head) {
  if (auto* piece = std::get_if<Piece>(&head.layout)) return std::vector{*piece};
  std::vector<Piece> pieces;
  for (auto& block : TRY(committed_blocks(store, keys, container, head))) pieces.push_back(block.piece);
  return pieces;
}

Result<std::vector<Block>> committed_blocks(const store::Store& store, const keys::DataKeys& keys,
                                            const ContainerId& container, const BlobHead& head) {
  auto* list = std::get_if<BlockList>(&head.layout);
  if (!list) return std::vector<Block>{};
  auto key = block_list_key(container, list->list);
  auto row = TRY(store.look_up(key));
  if (!row.exists()) return overwritten();
  return decode_blocks(TRY(vitrine::blobs::open(keys, key, row.value)));
}

Result<PinnedContent> PinnedContent::fetch(const store::Store& store,
                                           std::shared_ptr<const keys::DataKeys> keys,
                                           const ContainerId& container, const BlobHead& head,
                                           ByteRange range) {
  PinnedContent content(store.pin(), std::move(keys), container, head, range);
  content.cut(TRY(pieces_of(store, *content.keys_, container, head)), range);
  const auto* piece = std::get_if<Piece>(&head.layout);
  const auto* id = piece && range.length > 0 ? std::get_if<store::SegmentId>(&piece->place) : nullptr;
  if (id) {
    // The commit that lets go of it takes its row away at once.
    content.segment_ = TRY(store.place(*id));
    if (!content.segment_) return overwritten();
  }
  auto number = inline_body_of(head);
  if (!number) return content;
  content.body_ = TRY(store.fetch_body(body_key(container, *number)));
  if (!content.body_->exists()) return overwritten();
  return content;
}

void PinnedContent::cut(std::span<const Piece> pieces, ByteRange range) {
  std::uint64_t start = 0;
  for (const auto& piece : pieces) {
    auto end = start + piece.length;
    auto first = std::max(start, range.offset), last = std::min(end, range.offset + range.length);
    if (first < last) parts_.push_back({piece, {first - start, last - first}});
    start = end;
  }
}

Result<BodyReader> BodyReader::open(const ledger::Committed& committed, store::Store& store,
                                    PinnedContent content) {
  if (committed.content_root() != content.content_root_)
    return fail(Code::Internal, "The record is of another content than the one to be read.");
  return BodyReader(store, committed.read_access(), std::move(content));
}

/// A block's body is kept by the pin, so it may be fetched when its turn comes.
Result<ConstBytes> BodyReader::inline_part(const PinnedContent::Part& part) {
  auto key = body_key(content_.container_, std::get<BodyNumber>(part.piece.place));
  if (at_ > 0 || !content_.body_) content_.body_ = TRY(store_->fetch_body(key));
  auto missing = [] {
    return fail(Code::Corrupt, "A part of this blob is missing from the store or was cut short.");
  };
  if (!content_.body_->exists()) return missing();
  opened_ = TRY(vitrine::blobs::open(*content_.keys_, {store::Table::Bodies, std::move(key)},
                                     as_text(content_.body_->bytes(access_))));
  if (opened_.size() != part.piece.length) return missing();
  return as_bytes(opened_).subspan(part.range.offset, part.range.length);
}

Task<Result<store::SegmentReader>> BodyReader::open(store::SegmentId id, store::ByteRange range) {
  if (content_.segment_) return store_->open_segment(access_, *content_.keys_, *content_.segment_, range);
  return store_->open_segment(access_, *content_.keys_, id, range);
}

Task<Result<ConstBytes>> BodyReader::next() {
  while (at_ < content_.parts_.size()) {
    const auto& part = content_.parts_[at_];
    auto* id = std::get_if<store::SegmentId>(&part.piece.place);
    if (!id) {
      auto bytes = inline_part(part);
      ++at_;
      co_return bytes;
    }
    if (!segment_) segment_.emplace(CO_TRY(co_await open(*id, {part.range.offset, part.range.length})));
    auto bytes = CO_TRY(co_await segment_->next());
    if (!bytes.empty()) co_return bytes;
    segment_.reset();
    ++at_;
  }
  co_return ConstBytes{};
}

}  // namespace vitrine::blobs
