// Promises for whoever asks: one signature a committer round, made by who comes first.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "evidence/promise.h"
#include "ledger/log_key.h"
#include "store/commit.h"

namespace vitrine::ledger {

/// Usable from any thread. What does not ask does not come here.
class Promises {
 public:
  /// Both outlive this.
  Promises(const LogKey& key, const Clock& clock) : key_(key), clock_(clock) {}

  /// The sealer calls this before it reads the journals' sizes for the seal of that number, and at its start
  /// for the last one that was made.
  void begin_seal(std::uint64_t number) { begun_seal_.store(number); }

  /// The promise for the record of one of a round's noted commits, the note being its journal's id. The first
  /// of them to come signs for all; who comes meanwhile is held up for as long as that takes, some tens of
  /// microseconds. Each of them must call this, once.
  [[nodiscard]] evidence::Promise make(const store::NotedRound& round, std::size_t place);

  /// For a durable record by itself, whenever that was made.
  [[nodiscard]] evidence::Promise make(const evidence::PromisedRecord& record) const;

 private:
  /// A round whose commits come one after the other.
  struct Coming {
    std::size_t left = 0;
    std::once_flag once;
    std::optional<evidence::PromisedRound> signed_round;
  };

  std::shared_ptr<Coming> come(const store::NotedRound& round);
  [[nodiscard]] evidence::PromisedRound sign(std::vector<evidence::PromisedRecord> records) const;

  const LogKey& key_;
  const Clock& clock_;
  std::atomic<std::uint64_t> begun_seal_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Coming>> coming_;  // by the round's number
};

}  // namespace vitrine::ledger
