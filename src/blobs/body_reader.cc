#include "blobs/body_reader.h"

#include <algorithm>

#include "blobs/pages.h"
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
  if (std::holds_alternative<AppendedBlocks>(head.layout)) {
    for (auto& block : TRY(appended_pieces(store, keys, container, head, {0, head.size})))
      pieces.push_back(block.piece);
    return pieces;
  }
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
                                           ByteRange range, bool is_past) {
  PinnedContent content(store.pin(), std::move(keys), container, head, range);
  const Interval bytes{range.offset, range.offset + range.length};
  if (std::holds_alternative<Pages>(head.layout)) {
    content.more_ = std::make_unique<PageRows>(
        TRY(PageRows::open(store, *content.keys_, container, head, is_past, bytes)));
    TRY(content.fill());
  } else if (std::holds_alternative<AppendedBlocks>(head.layout))
    content.cut(TRY(appended_pieces(store, *content.keys_, container, head, bytes)), bytes);
  else
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

void PinnedContent::keep(const std::function<bool(const Piece&)>& wanted) {
  std::erase_if(parts_, [&](const Part& part) { return !wanted(*part.piece); });
  length_ = 0;
  for (const auto& part : parts_) length_ += part.range.length;
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

void PinnedContent::cut(std::span<const AppendedPiece> pieces, const Interval& range) {
  for (const auto& [begin, piece] : pieces) {
    auto part = range.within({begin, begin + piece.length});
    parts_.push_back({piece, {part.begin - begin, part.length()}});
  }
}

Result<void> PinnedContent::fill() {
  const auto [range, rows] = TRY(more_->next());
  parts_.clear();
  body_.reset();
  auto at = range.begin;
  for (const auto& row : rows) {
    if (at < row.pages.begin) parts_.push_back({std::nullopt, {0, row.pages.begin - at}});
    parts_.push_back({row.piece, {row.from, row.pages.length()}});
    at = row.pages.end;
  }
  if (at < range.end) parts_.push_back({std::nullopt, {0, range.end - at}});
  if (more_->at_end())
    more_.reset();
  else
    more_->rest();
  return {};
}

Result<BodyReader> BodyReader::open(const ledger::Committed& committed, store::Store& store,
                                    PinnedContent content) {
  if (committed.content_root() != content.content_root_)
    return fail(Code::Internal, "The record is of another content than the one to be read.");
  return BodyReader(store, committed.read_access(), std::move(content));
}

/// A block's body is kept by the pin, so it may be fetched when its turn comes.
Result<ConstBytes> BodyReader::inline_part(const PinnedContent::Part& part) {
  auto key = body_key(content_.container_, std::get<BodyNumber>(part.piece->place));
  if (at_ > 0 || !content_.body_) content_.body_ = TRY(store_->fetch_body(key));
  auto missing = [] {
    return fail(Code::Corrupt, "A part of this blob is missing from the store or was cut short.");
  };
  if (!content_.body_->exists()) return missing();
  opened_ = TRY(vitrine::blobs::open(*content_.keys_, {store::Table::Bodies, std::move(key)},
                                     as_text(content_.body_->bytes(access_))));
  if (opened_.size() != part.piece->length) return missing();
  return as_bytes(opened_).subspan(part.range.offset, part.range.length);
}

ConstBytes BodyReader::zeros(std::uint64_t length) {
  static constexpr std::array<std::uint8_t, 64 << 10> kZeros{};
  auto bytes = ConstBytes(kZeros).first(std::min<std::uint64_t>(kZeros.size(), length - zeros_given_));
  zeros_given_ += bytes.size();
  if (zeros_given_ < length) return bytes;
  zeros_given_ = 0;
  ++at_;
  return bytes;
}

Task<Result<store::SegmentReader>> BodyReader::open(store::SegmentId id, store::ByteRange range) {
  if (content_.segment_) return store_->open_segment(access_, *content_.keys_, *content_.segment_, range);
  return store_->open_segment(access_, *content_.keys_, id, range);
}

Task<Result<ConstBytes>> BodyReader::next() {
  while (at_ < content_.parts_.size() || content_.more_) {
    if (at_ == content_.parts_.size()) {
      CO_TRY(content_.fill());
      at_ = 0;
      continue;
    }
    const auto& part = content_.parts_[at_];
    if (!part.piece) co_return zeros(part.range.length);
    auto* id = std::get_if<store::SegmentId>(&part.piece->place);
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
