#include "operations/brought_content.h"

#include <set>

namespace vitrine::operations {
namespace {

using blobs::CopiedContent;
using blobs::PageRow;
using blobs::Piece;

/// Small bodies wait for the commit in memory; beyond so many bytes of them, even small ones go to disk.
constexpr std::uint64_t kMostInMemory = std::uint64_t{32} << 20;

class Bringer {
 public:
  Bringer(const Floors& floors, const CopySource& source, const OpenedSource& opened, const CopyPlace& to)
      : floors_(floors),
        source_(source),
        opened_(opened),
        to_(to),
        same_account_(source.blob.account == to.blob.account),
        same_container_(same_account_ && opened.view.container->id == to.container) {}

  Task<Result<CopiedContent>> bring() {
    const auto& layout = head().layout;
    if (std::holds_alternative<blobs::Pages>(layout)) {
      content_.parts = CO_TRY(co_await bring_pages());
    } else if (std::holds_alternative<blobs::BlockList>(layout)) {
      auto blocks = CO_TRY(blobs::committed_blocks(floors_.store, *opened_.view.keys, container(), head()));
      std::vector<Piece*> pieces;
      for (auto& block : blocks) pieces.push_back(&block.piece);
      CO_TRY(co_await bring_pieces(pieces, true));
      content_.parts = std::move(blocks);
    } else {
      auto all = CO_TRY(blobs::pieces_of(floors_.store, *opened_.view.keys, container(), head()));
      std::vector<Piece*> pieces;
      for (auto& piece : all) pieces.push_back(&piece);
      CO_TRY(co_await bring_pieces(pieces, false));
      if (std::holds_alternative<Piece>(layout))
        content_.parts = all.front();
      else
        content_.parts = blobs::AppendedPieces{std::move(all)};
    }
    co_return std::move(content_);
  }

  Task<Result<CopiedContent>> bring_whole() {
    SourceInput input(CO_TRY(download(floors_, source_, opened_, opened_.range)));
    content_.parts = CO_TRY(co_await take(input, opened_.range.length));
    co_return std::move(content_);
  }

 private:
  [[nodiscard]] const blobs::BlobHead& head() const { return *opened_.view.head; }
  [[nodiscard]] const blobs::ContainerId& container() const { return opened_.view.container->id; }
  [[nodiscard]] bool stays(const Piece& piece) const {
    return blobs::can_be_shared(piece, same_account_, same_container_);
  }

  void share(const Piece& piece) {
    if (auto body = blobs::body_of(container(), piece)) content_.shares.push_back(std::move(*body));
  }

  /// A body of its own.
  Task<Result<Piece>> take(blobs::BodyInput& input, std::uint64_t length) {
    auto body = CO_TRY(co_await blobs::receive(
        floors_.store, to_.keys.current(), input,
        {.length = length, .most = UINT64_MAX, .checks = {}, .inline_if_small = in_memory_ < kMostInMemory}));
    in_memory_ += body.inline_bytes.size();
    auto piece = body.piece;
    content_.arrived.push_back(std::move(body));
    co_return piece;
  }

  /// Puts in each piece's place where the copy has it. Pieces of one list that are the same body hold it
  /// once.
  Task<Result<void>> bring_pieces(const std::vector<Piece*>& pieces, bool are_of_list) {
    std::set<std::optional<store::BodyRef>> shared;
    bool all_stay = true;
    for (const auto* piece : pieces) {
      if (!stays(*piece))
        all_stay = false;
      else if (!are_of_list || shared.insert(blobs::body_of(container(), *piece)).second)
        share(*piece);
    }
    if (all_stay) co_return Result<void>{};
    auto content = CO_TRY(blobs::PinnedContent::fetch(floors_.store, opened_.view.keys, container(), head(),
                                                      opened_.range, opened_.view.is_past()));
    content.keep([this](const Piece& piece) { return !stays(piece); });
    SourceInput input(
        Download(CO_TRY(blobs::BodyReader::open(opened_.committed, floors_.store, std::move(content))),
                 floors_.gate, source_.blob.account.text()));
    for (auto* piece : pieces) {
      if (stays(*piece)) continue;
      InputPart part(input, piece->length);
      *piece = CO_TRY(co_await take(part, piece->length));
    }
    co_return Result<void>{};
  }

  Result<std::vector<PageRow>> rows() const {
    auto pages = TRY(blobs::PageRows::open(floors_.store, *opened_.view.keys, container(), head(),
                                           opened_.view.is_past(), {0, head().size}));
    std::vector<PageRow> rows;
    while (!pages.at_end()) {
      auto window = TRY(pages.next());
      std::ranges::move(window.rows, std::back_inserter(rows));
    }
    return rows;
  }

  /// Rows that follow one another and have to be brought come as one, up to the size of a write.
  Task<Result<std::vector<PageRow>>> bring_pages() {
    const auto found = CO_TRY(rows());
    std::vector<PageRow> brought;
    for (std::size_t at = 0; at < found.size();) {
      auto row = found[at++];
      if (stays(*row.piece)) {
        share(*row.piece);
        brought.push_back(row);
        continue;
      }
      for (; at < found.size() && goes_on(row.pages, found[at]); ++at) row.pages.end = found[at].pages.end;
      SourceInput input(CO_TRY(download(floors_, source_, opened_, {row.pages.begin, row.pages.length()})));
      row.piece = CO_TRY(co_await take(input, row.pages.length()));
      row.from = 0;
      brought.push_back(row);
    }
    co_return brought;
  }

  [[nodiscard]] bool goes_on(const blobs::Interval& run, const PageRow& next) const {
    return next.pages.begin == run.end && !stays(*next.piece) &&
           next.pages.end - run.begin <= blobs::kMostPageWrite;
  }

  const Floors& floors_;
  const CopySource& source_;
  const OpenedSource& opened_;
  const CopyPlace& to_;
  const bool same_account_, same_container_;
  CopiedContent content_;
  std::uint64_t in_memory_ = 0;
};

}  // namespace

Task<Result<CopiedContent>> bring_content(const Floors& floors, const CopySource& source,
                                          const OpenedSource& opened, const CopyPlace& to) {
  Bringer bringer(floors, source, opened, to);
  co_return co_await bringer.bring();
}

Task<Result<CopiedContent>> bring_as_piece(const Floors& floors, const CopySource& source,
                                           const OpenedSource& opened, const CopyPlace& to) {
  Bringer bringer(floors, source, opened, to);
  co_return co_await bringer.bring_whole();
}

}  // namespace vitrine::operations
