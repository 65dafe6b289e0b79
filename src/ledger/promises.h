// Promises for whoever asks: one signature a committer round, made by who comes last.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/task.h"
#include "base/time.h"
#include "evidence/promise.h"
#include "ledger/log_key.h"
#include "store/commit.h"
#include "store/completion.h"

namespace vitrine::ledger {

/// Usable from any thread. What does not ask does not come here.
class Promises {
 public:
  /// Both outlive this.
  Promises(const LogKey& key, const Clock& clock) : key_(key), clock_(clock) {}

  /// The sealer calls this before it reads the journals' sizes for the seal of that number, and at its start
  /// for the last one that was made.
  void begin_seal(std::uint64_t number) { begun_seal_.store(number); }

  /// The promise for a record that is durable, as the answer's header carries it. Waits for all others of the
  /// same round that asked: each of them must call this (store::Commit::counted).
  [[nodiscard]] Task<std::string> make(store::RoundPlace round, evidence::PromisedRecord record);

  /// For a durable record by itself, whenever that was made.
  [[nodiscard]] evidence::Promise make(const evidence::PromisedRecord& record) const;

 private:
  /// Who has come so far.
  struct Gathering {
    std::vector<evidence::PromisedRecord> records;
    std::vector<store::Completion<std::string>> waiting;
  };

  [[nodiscard]] evidence::RoundTerms terms() const;

  const LogKey& key_;
  const Clock& clock_;
  std::atomic<std::uint64_t> begun_seal_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Gathering> gathering_;  // by the round's number
};

}  // namespace vitrine::ledger
