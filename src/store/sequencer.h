// Decides commits one after the other and writes them together.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "store/change_table.h"
#include "store/commit.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/garbage.h"
#include "store/journals.h"
#include "store/store.h"

namespace vitrine::store {

/// The last commit of a database; 0 before the first. Errors: DeviceFailed, Corrupt.
Result<Version> stored_version(const Database& database);

/// One round: admit() each commit, then write() once. Each commit sees those admitted before it, as if every
/// one had been written alone. What others may read (version, journal sizes) moves when write() succeeds.
class Sequencer {
 public:
  /// Errors: those of recover().
  static Result<std::unique_ptr<Sequencer>> open(Database& database, Garbage& garbage);
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;
  /// Learns from a database that was opened (again) what is durable, and forgets everything else: the round
  /// whose write failed took effect whole or not at all. Errors: DeviceFailed; Corrupt, also when what was
  /// acknowledged is not there any more.
  Result<void> recover();

  /// Takes the commit into the round, whole, or leaves no trace of it. It must live until write().
  /// Errors: StateChanged, OutOfRangeInput, DeviceFailed, Corrupt.
  Result<Position> admit(const Commit& commit);
  /// Makes the round durable. After an error only recover() may follow.
  Result<void> write();

  /// Whether the database has failed in the background: write() would fail.
  [[nodiscard]] bool failed() const { return database_.failed(); }

  // From any thread:
  [[nodiscard]] Version version() const { return visible_.load(std::memory_order_acquire); }
  [[nodiscard]] const Journals& journals() const { return journals_; }
  /// As Store::scanner. From the thread that writes: of exactly what the last round left.
  [[nodiscard]] Scanner scan(Table table, std::string_view from, std::string_view to) const;
  /// As Store::unchanged_since.
  [[nodiscard]] std::optional<Version> unchanged_since(const Key& key, Version since) const;
  [[nodiscard]] std::uint64_t guard_reads() const { return guard_reads_.load(std::memory_order_relaxed); }

 private:
  struct KeyView {
    Table table;
    std::string_view bytes;
    friend bool operator==(const KeyView&, const KeyView&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const KeyView& key) const { return hash_of(key.table, key.bytes); }
    std::size_t operator()(const Key& key) const { return hash_of(key.table, key.bytes); }
  };
  struct FoundVersion {
    Version version;  ///< 0: there was no row
    Version at;       ///< after this commit
  };

  struct IdHash {
    std::size_t operator()(const SegmentId& id) const { return read_be64(id); }
  };

  Sequencer(Database& database, Garbage& garbage) : database_(database), garbage_(garbage) {}

  void end_round();
  Result<bool> holds(const Guard& guard);
  Result<Version> version_of(const Key& key, std::uint64_t hash);
  Result<void> load(const Commit& commit);
  Result<void> load_counter(const std::string& key);
  Result<void> load_body(const BodyRef& body);
  Result<void> load_segment(const SegmentId& id);
  void stage(const Write& write);
  /// The key's bytes outlive the round.
  void erase(Table table, std::string_view key);
  void changed(Table table, std::string_view key, Version version);
  void stage(const Segment& segment);
  void stage(const SegmentMove& move);
  void put(const SegmentId& id, const SegmentRow& row);
  void release(const BodyRef& body);
  void release(const SegmentId& id);
  void add(const std::string& counter, std::int64_t amount);

  Database& database_;
  Garbage& garbage_;
  std::unique_ptr<Batch> batch_;
  ChangeTable changes_{0};
  Version last_ = 0;
  /// What this round's commits have written, not readable yet. Version 0: erased.
  std::unordered_map<KeyView, Version, KeyHash> written_;
  /// What guards were found to be in the tables, for those that are looked at again and again.
  std::unordered_map<Key, FoundVersion, KeyHash> found_;
  /// The sums after the last admitted commit, for the counters in recent use.
  std::unordered_map<std::string, std::int64_t> counters_;
  std::vector<std::string_view> changed_counters_;
  /// Rows of segments that this round's commits adopt or release; none: released.
  std::unordered_map<SegmentId, std::optional<SegmentRow>, IdHash> segments_;
  /// What this round makes free.
  std::vector<Room> freed_;
  /// What this round puts to use: free again if it turns out that it took no effect.
  std::vector<std::shared_ptr<UnadoptedRoom>> adopting_;
  Journals journals_;

  std::atomic<Version> visible_ = 0;
  std::atomic<std::uint64_t> guard_reads_ = 0;
};

}  // namespace vitrine::store
