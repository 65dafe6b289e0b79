#include "blobs/copied.h"

#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

struct Writer {
  BlobHead& head;
  ContentChange& change;
  const ContainerId& container;
  const keys::DataKeys& keys;

  void operator()(const Piece& piece) const { head.layout = piece; }

  void operator()(const std::vector<Block>& blocks) const {
    const BodyNumber list{crypto::random_number()};
    head.layout = BlockList{list, static_cast<std::uint32_t>(blocks.size())};
    change.writes.push_back(seal(keys, block_list_key(container, list), encode_blocks(blocks)));
  }

  void operator()(const AppendedPieces& appended) const {
    auto& layout = std::get<AppendedBlocks>(head.layout);
    layout.rows = {crypto::random_number()};
    std::uint64_t end = 0;
    for (const auto& piece : appended.pieces)
      change.writes.push_back(
          seal(keys, appended_key(container, layout.rows, end += piece.length), encode_appended(piece)));
  }

  void operator()(const std::vector<PageRow>& rows) const {
    auto& layout = std::get<Pages>(head.layout);
    layout.rows = {crypto::random_number()};
    for (const auto& row : rows)
      change.writes.push_back(
          seal(keys, page_key(container, layout.rows, kNow, row.pages.end), encode_page_row(row)));
  }
};

}  // namespace

bool can_be_shared(const Piece& piece, bool same_account, bool same_container) {
  if (piece.length == 0) return true;
  return std::holds_alternative<BodyNumber>(piece.place) ? same_container : same_account;
}

ContentChange write_copy(BlobHead& head, const CopiedContent& content, const ContainerId& container,
                         const keys::DataKeys& keys) {
  ContentChange change{.shares = content.shares};
  for (const auto& body : content.arrived) body.adopt_into(change.adopts, change.writes, container, keys);
  std::visit(Writer{head, change, container, keys}, content.parts);
  return change;
}

}  // namespace vitrine::blobs
