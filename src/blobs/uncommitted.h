// Blocks that were put and not yet committed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "blobs/name_state.h"
#include "blobs/piece.h"
#include "blobs/sealed.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Opens a blob's set of uncommitted blocks. Its generation is part of the blocks' keys: erasing this one row
/// ends them all.
struct UncommittedSet {
  std::uint64_t generation = 0;  ///< random
  std::uint64_t id_length = 0;   ///< characters of every block id in it
  Timestamp created;
};

store::Key uncommitted_key(const ContainerId& container, const BlobName& blob);
/// Opens the set under `key`.
store::Write write_uncommitted(const keys::DataKeys& keys, store::Key key, const UncommittedSet& set);
/// Nothing for an absent row. Errors: Corrupt, Unavailable.
Result<std::optional<UncommittedSet>> decode_uncommitted(const keys::DataKeys& keys, const store::Entry& row);

/// The name of the blob whose set this key opens; nothing for a block's key.
std::optional<std::string> uncommitted_blob_name(std::string_view key);

/// What every change of a blob's uncommitted blocks touches.
store::Key blocks_name(const ContainerId& container, const BlobName& blob);

store::Key block_key(const ContainerId& container, const BlobName& blob, const UncommittedSet& set,
                     const BlockId& id);
store::Write write_block(const keys::DataKeys& keys, store::Key key, const Piece& piece);

/// A set's blocks in the order of their ids. Errors: Corrupt, Unavailable, those of the store.
Result<std::vector<Block>> uncommitted_blocks(const store::Store& store, const keys::DataKeys& keys,
                                              const ContainerId& container, const BlobName& blob,
                                              const UncommittedSet& set);

}  // namespace vitrine::blobs
