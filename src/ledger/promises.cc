#include "ledger/promises.h"

#include <chrono>
#include <utility>

namespace vitrine::ledger {

evidence::Promise Promises::make(const store::NotedRound& round, std::size_t place) {
  const auto coming = come(round);
  std::call_once(coming->once, [&] {
    std::vector<evidence::PromisedRecord> records;
    records.reserve(round.noted.size());
    for (const auto& noted : round.noted) records.push_back({{noted.note}, noted.index, noted.leaf});
    coming->signed_round.emplace(sign(std::move(records)));
  });
  return coming->signed_round->promise(place);
}

evidence::Promise Promises::make(const evidence::PromisedRecord& record) const {
  return sign({record}).promise(0);
}

std::shared_ptr<Promises::Coming> Promises::come(const store::NotedRound& round) {
  std::lock_guard lock(mutex_);
  auto known = coming_.find(round.number);
  if (known == coming_.end()) {
    known = coming_.emplace(round.number, std::make_shared<Coming>()).first;
    known->second->left = round.noted.size();
  }
  auto coming = known->second;
  if (--coming->left == 0) coming_.erase(known);
  return coming;
}

/// The seal that has begun may have read the journals' sizes before the records were there; the next one
/// reads them later than now. A crash changes nothing in that: the records are durable, and seals go on by
/// number.
evidence::PromisedRound Promises::sign(std::vector<evidence::PromisedRecord> records) const {
  const evidence::RoundTerms terms{std::chrono::floor<std::chrono::seconds>(clock_.now()),
                                   begun_seal_.load() + 1};
  return {std::move(records), terms, key_.name, key_.signing};
}

}  // namespace vitrine::ledger
