#include "blobs/body_reader.h"

#include <algorithm>

namespace vitrine::blobs {
namespace {

std::unexpected<Error> overwritten() {
  return fail(Code::StateChanged, "The blob was overwritten meanwhile.");
}

Result<std::vector<Piece>> pieces_of(const store::Store& store, const ContainerId& container,
                                     const BlobHead& head) {
  if (auto* piece = std::get_if<Piece>(&head.layout)) return std::vector{*piece};
  std::vector<Piece> pieces;
  for (auto& block : TRY(committed_blocks(store, container, head))) pieces.push_back(block.piece);
  return pieces;
}

}  // namespace

Result<std::vector<Block>> committed_blocks(const store::Store& store, const ContainerId& container,
                                            const BlobHead& head) {
  auto* list = std::get_if<BlockList>(&head.layout);
  if (!list) return std::vector<Block>{};
  auto row = TRY(store.look_up(block_list_key(container, list->list)));
  if (!row.exists()) return overwritten();
  return decode_blocks(row.value);
}

Result<PinnedContent> PinnedContent::fetch(const store::Store& store, const ContainerId& container,
                                           const BlobHead& head) {
  PinnedContent content;
  content.pieces_ = TRY(pieces_of(store, container, head));
  for (const auto& piece : content.pieces_) {
    auto* number = std::get_if<BodyNumber>(&piece.place);
    auto& body = content.bodies_.emplace_back();
    if (!number || piece.length == 0) continue;
    body = TRY(store.fetch_body(body_key(container, *number)));
    if (!body->exists()) return overwritten();
  }
  return content;
}

BodyReader BodyReader::open(const ledger::Committed& committed, store::Store& store, PinnedContent content,
                            ByteRange range) {
  return BodyReader(store, committed.read_access(), std::move(content), range);
}

BodyReader::BodyReader(store::Store& store, store::ReadAccess access, PinnedContent content, ByteRange range)
    : store_(&store), access_(access), content_(std::move(content)), length_(range.length) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < content_.pieces_.size(); ++i) {
    auto end = start + content_.pieces_[i].length;
    auto first = std::max(start, range.offset), last = std::min(end, range.offset + range.length);
    if (first < last) parts_.push_back({i, {first - start, last - first}});
    start = end;
  }
}

Task<Result<ConstBytes>> BodyReader::next() {
  while (at_ < parts_.size()) {
    auto [piece, range] = parts_[at_];
    if (const auto& body = content_.bodies_[piece]) {
      ++at_;
      auto bytes = body->bytes(access_);
      if (bytes.size() != content_.pieces_[piece].length)
        co_return fail(Code::Corrupt, "A stored body was cut short.");
      co_return bytes.subspan(range.offset, range.length);
    }
    if (!segment_) {
      auto id = std::get<store::SegmentId>(content_.pieces_[piece].place);
      segment_.emplace(CO_TRY(co_await store_->open_segment(access_, id, {range.offset, range.length})));
    }
    auto bytes = CO_TRY(co_await segment_->next());
    if (!bytes.empty()) co_return bytes;
    segment_.reset();
    ++at_;
  }
  co_return ConstBytes{};
}

}  // namespace vitrine::blobs
