// The content of a copy: bodies that it shares with its source, and bodies that were brought over.
// Source: Azure Storage REST, "Copy Blob".
#pragma once

#include <variant>
#include <vector>

#include "blobs/content_change.h"

namespace vitrine::blobs {

/// The pieces of an append blob, in order.
struct AppendedPieces {
  std::vector<Piece> pieces;
};

/// What the content of a copy is made of. Every piece lies where the copy's container can read it.
struct CopiedContent {
  std::variant<Piece, std::vector<Block>, AppendedPieces, std::vector<PageRow>> parts;
  std::vector<ArrivedBody> arrived{};  ///< bodies of their own
  std::vector<store::BodyRef>
      shares{};  ///< bodies that the source has as well: one for each row that names it
};

/// Whether a piece can be named where it lies by a copy in another container: those in the Bodies table
/// belong to one container, segments to the account.
bool can_be_shared(const Piece& piece, bool same_account, bool same_container);

/// Makes it the content of a head, which has the size, content root and layout of the source. Costs what the
/// rows are, not what they name.
ContentChange write_copy(BlobHead& head, const CopiedContent& content, const ContainerId& container,
                         const keys::DataKeys& keys);

}  // namespace vitrine::blobs
