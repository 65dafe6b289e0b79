// What becomes unreachable at once and is taken away bit by bit (docs/formats/heads.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "blobs/blob_head.h"
#include "blobs/content_change.h"
#include "blobs/uncommitted.h"
#include "ledger/ledger.h"

namespace vitrine::blobs {

/// Everything below a container that was deleted.
struct DeadContainer {
  ContainerId container{};
};

/// A block list that no head names; it holds each of its pieces.
struct DeadBlockList {
  ContainerId container{};
  BodyNumber list;
};

/// The blocks of a set that was closed.
struct DeadBlocks {
  ContainerId container{};
  std::string blob;
  std::uint64_t generation = 0;
  /// Whether the rows hold their pieces; a block list that was made of them took over those it names.
  bool hold_pieces = false;
};

/// A set of blocks that no one may want any more.
struct IdleBlocks {
  ContainerId container{};
  std::string blob;
  std::uint64_t generation = 0;
};

/// What a change of content ended.
struct DeadEnd {
  ContainerId container{};
  Ended ended;
};

/// Deleted states under a name whose time is over then.
struct DeletedStates {
  ContainerId container{};
  std::string blob;
};

/// A deleted container whose time is over then.
struct DeletedContainer {
  ContainerId container{};
  std::string name;
  std::uint64_t version = 0;  ///< the moment of its deletion
};

using Remains = std::variant<DeadContainer, DeadBlockList, DeadBlocks, IdleBlocks, DeadEnd, DeletedStates,
                             DeletedContainer>;

/// Remains of an account's data, to be taken away at `due` or later.
struct CollectionTask {
  Timestamp due;
  std::string account;
  Remains remains;
};

/// Tasks lie in the order of their times.
store::Key task_key(const CollectionTask& task);
store::Write write_task(const CollectionTask& task);
/// Errors: Corrupt.
Result<CollectionTask> decode_task(std::string_view key, std::string_view value);
/// The keys of the tasks due at `now` lie between these two.
std::string first_task_key();
std::string task_key_after(Timestamp now);

/// Whose content goes, and when.
struct Departure {
  std::string_view account;
  ContainerId container{};
  Timestamp now;
};

/// Adds to the effect what ends a head's hold on its content.
void let_go(ledger::Effect& effect, const Departure& departure, const BlobHead& head);
/// Adds to the effect the end of a set of blocks. `hold_pieces` as in DeadBlocks.
void close_set(ledger::Effect& effect, const Departure& departure, const BlobName& blob,
               const UncommittedSet& set, bool hold_pieces);
/// Pieces that one row lets go of, and one commit with it: few enough that nobody waits long.
inline constexpr std::size_t kLetGoTogether = 1024;
/// Adds to the effect the end of the hold on pieces of a list. They wait for whoever reads it still.
void let_go(ledger::Effect& effect, const Departure& departure, const keys::DataKeys& keys,
            const std::vector<Block>& dropped);

/// Adds a change of content to the effect, with tasks for what it ended.
void add(ledger::Effect& effect, const Departure& departure, ContentChange change);

/// The task that looks at a set again when it may be abandoned.
CollectionTask idle_task(const Departure& departure, const BlobName& blob, const UncommittedSet& set);

}  // namespace vitrine::blobs
