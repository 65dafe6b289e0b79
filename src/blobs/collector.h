// Takes away what became unreachable, in small commits between the others.
#pragma once

#include <optional>
#include <string>

#include "blobs/collection.h"
#include "blobs/row_walk.h"
#include "keys/key_directory.h"
#include "ledger/ledger.h"
#include "store/store.h"

namespace vitrine::blobs {

/// One coroutine at a time. What a crash interrupts goes on where it stood.
class Collector {
 public:
  /// All outlive the collector.
  Collector(store::Store& store, ledger::Ledger& ledger, keys::KeyDirectory& keys, const Clock& clock)
      : store_(store), ledger_(ledger), keys_(keys), clock_(clock) {}

  /// Works on tasks that are due until they are done or `most` commits were made; the number of commits, 0
  /// when nothing is due. Waits for reads that may still look at what goes. A row that cannot be read stays,
  /// with what it names; its task takes the others away and comes back to it a day later. Each time an alarm
  /// in the log names the row. Errors: those of the store; a task that cannot be read is told to the log and
  /// left.
  Task<Result<std::size_t>> collect(std::size_t most);

 private:
  struct Due;

  Task<void> wait_for_reads();
  /// Takes a task away that nobody can read the content for any more; what lies there stays.
  Task<Result<std::size_t>> forget(const store::Entry& row);
  /// The commits made for one task. Errors: those of the store; Corrupt for a task that cannot be done.
  Task<Result<std::size_t>> work_on(const store::Entry& row, std::size_t most);
  Task<Result<std::size_t>> work_on(const Due& due, std::size_t most);
  /// Adds one commit's share to the effect, nothing when all rows looked at have to stay; true when the task
  /// is done with it. Errors: those of the store.
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadContainer& dead);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadBlockList& dead);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadBlocks& dead);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const IdleBlocks& idle);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadEnd& dead);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeletedStates& deleted);
  Result<bool> take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeletedContainer& deleted);
  Result<bool> take_heads(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadContainer& dead);
  Result<bool> take_sets(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadContainer& dead);

  /// The task goes, or comes again later when it left rows behind.
  void end(ledger::Effect& effect, const Due& due, const RowWalks& walks) const;

  store::Store& store_;
  ledger::Ledger& ledger_;
  keys::KeyDirectory& keys_;
  const Clock& clock_;
  /// The task that had more to do when collect() had made its commits: its damaged rows are known by now.
  struct Unfinished {
    std::string key;
    RowWalks walks;
  };
  std::optional<Unfinished> unfinished_;
};

}  // namespace vitrine::blobs
