// Blocks that were put and not yet committed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "blobs/customer_key.h"
#include "blobs/name_state.h"
#include "blobs/piece.h"
#include "blobs/sealed.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Opens a blob's set of uncommitted blocks. Its generation is part of the blocks' keys: erasing this one row
/// ends them all.
struct UncommittedSet {
  std::uint64_t generation = 0;              ///< random
  std::uint64_t id_length = 0;               ///< bytes of every block id in it, before base64
  Timestamp idle_at;                         ///< when it is abandoned, unless a block moves this on
  std::optional<EncryptedWith> encrypted{};  ///< what all its blocks are under
};

store::Key uncommitted_key(const ContainerId& container, const BlobName& blob);
/// Opens the set under `key`.
store::Write write_uncommitted(const keys::DataKeys& keys, store::Key key, const UncommittedSet& set);
/// Nothing for an absent row. Errors: Corrupt, Unavailable.
Result<std::optional<UncommittedSet>> decode_uncommitted(const keys::DataKeys& keys, const store::Entry& row);

/// The name of the blob whose set this key opens; nothing for a block's key.
std::optional<std::string> uncommitted_blob_name(std::string_view key);

/// When a set is abandoned that gets a block now: a week without one, and what a day's precision costs.
Timestamp idle_after(Timestamp now);
/// Whether a block that comes now must move the time on.
bool grows_idle(const UncommittedSet& set, Timestamp now);

/// What every change of a blob's uncommitted blocks touches.
store::Key blocks_name(const ContainerId& container, const BlobName& blob);

/// What the keys of a set's blocks begin with, and the first key behind them.
std::string blocks_begin(const ContainerId& container, std::string_view blob, std::uint64_t generation);
std::string blocks_end(std::string_view begin);
store::Key block_key(const ContainerId& container, const BlobName& blob, const UncommittedSet& set,
                     const BlockId& id);
/// The piece of a block's row. Errors: Corrupt, Unavailable.
Result<Piece> decode_block(const keys::DataKeys& keys, const store::Entry& row);
store::Write write_block(const keys::DataKeys& keys, store::Key key, const Piece& piece);

/// Uncommitted blocks of a blob, as Azure allows them.
inline constexpr std::size_t kMostUncommitted = 100'000;

/// A set's blocks in the order of their ids. Errors: BlockCountExceedsLimit when they are more than allowed;
/// Corrupt, Unavailable, those of the store.
Result<std::vector<Block>> uncommitted_blocks(const store::Store& store, const keys::DataKeys& keys,
                                              const ContainerId& container, const BlobName& blob,
                                              const UncommittedSet& set);

}  // namespace vitrine::blobs
