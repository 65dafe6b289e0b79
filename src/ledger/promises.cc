#include "ledger/promises.h"

#include <chrono>
#include <optional>
#include <utility>

namespace vitrine::ledger {

/// The seal that has begun may have read the journals' sizes before the record was there; the next one reads
/// them later than now. A crash changes nothing in that: the record is durable, and seals go on by number.
evidence::RoundTerms Promises::terms() const {
  return {std::chrono::floor<std::chrono::seconds>(clock_.now()), begun_seal_.load() + 1};
}

Task<std::string> Promises::make(store::RoundPlace round, evidence::PromisedRecord record) {
  store::Completion<std::string> made;
  std::optional<Gathering> complete;
  {
    std::lock_guard lock(mutex_);
    auto& gathering = gathering_[round.number];
    gathering.records.push_back(record);
    gathering.waiting.push_back(made);
    if (gathering.records.size() == round.counted)
      complete = std::move(gathering_.extract(round.number).mapped());
  }
  if (complete) {
    const auto promises = evidence::promise_round(complete->records, terms(), key_.name, key_.signing);
    for (std::size_t i = 0; i < promises.size(); ++i)
      complete->waiting[i].complete(evidence::promise_text(promises[i]));
  }
  co_return co_await made.wait();
}

evidence::Promise Promises::make(const evidence::PromisedRecord& record) const {
  return evidence::promise_round(std::span(&record, 1), terms(), key_.name, key_.signing).front();
}

}  // namespace vitrine::ledger
