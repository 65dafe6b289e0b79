// An operator who holds the log's key and signs whatever serves: for tests of what catches whom.
#pragma once

#include <functional>
#include <utility>

#include "evidence/sample_log.h"

namespace vitrine::evidence {

/// Copies share the key and the past and go their own ways from there: that is a fork.
class DishonestOperator : public SampleLog {
 public:
  explicit DishonestOperator(SampleLog honest) : SampleLog(std::move(honest)) {}

  /// Puts another record in the place of one, and makes the journal's tree fit.
  void rewrite(std::size_t slot, std::uint64_t index, const RecordContents& contents) {
    auto& account = accounts_[slot];
    account.records[index] =
        shown(make_record(account.journal, contents, {fresh(), fresh(), fresh(), fresh()}));
    grow_anew(account);
  }

  void drop_last_records(std::size_t slot, std::size_t count) {
    auto& account = accounts_[slot];
    account.records.resize(account.records.size() - count);
    grow_anew(account);
  }

  [[nodiscard]] ShownRecord& record_of(std::size_t slot, std::uint64_t index) {
    return accounts_[slot].records[index];
  }
  /// The journal's tree over its records as they are now.
  void grow_anew(std::size_t slot) { grow_anew(accounts_[slot]); }

  /// The same records under another id.
  void begin_second_journal(std::size_t slot) {
    auto& account = accounts_[slot];
    account.journal = {fresh().bytes};
    for (auto& record : account.records) record.journal = account.journal;
    grow_anew(account);
  }

  void drop_last_entries(std::size_t count) {
    entries_.resize(entries_.size() - count);
    tree_ = {};
    for (const auto& entry : entries_) tree_.append(tlog::leaf_hash(entry));
  }

  /// A journal that the public log does not announce, in the next slot.
  std::size_t hide_journal() {
    accounts_.push_back({{fresh().bytes}, crypto::HmacKey(as_bytes("hidden")), {}, {}});
    return accounts_.size() - 1;
  }

  /// Shows another journal where this one was. The old one is returned; show_journal(slot, it) goes back.
  auto exchange_journal(std::size_t slot) {
    auto fake = Account{{fresh().bytes}, accounts_[slot].secret, {}, {}};
    return std::exchange(accounts_[slot], std::move(fake));
  }
  void show_journal(std::size_t slot, auto journal) { accounts_[slot] = std::move(journal); }

  void seal_with(const std::function<void(Seal&)>& change) {
    auto seal = next_seal();
    change(seal);
    seal_as(seal);
  }

  /// With a reason, where it has none, and signed by two people.
  [[nodiscard]] Loss approved_loss(Loss loss) const {
    if (loss.reason.empty()) loss.reason = "fire";
    for (std::uint8_t i = 0; i < 2; ++i)
      loss.approvals[i] = approve(key_.name(), loss, crypto::SigningKey::from_seed({i}));
    return loss;
  }

  /// The entry of it, signed by two people.
  [[nodiscard]] Erasure approved_erasure(std::uint64_t slot, const ErasureOrder& order,
                                         Seconds agreed) const {
    auto erasure = make_erasure(slot, order, agreed);
    const auto statement = erasure_statement(key_.name(), erasure);
    for (std::uint8_t i = 0; i < 2; ++i)
      erasure.approvals[i] = approve(statement, crypto::SigningKey::from_seed({i}));
    return erasure;
  }

  [[nodiscard]] JournalHead head(std::size_t slot) const {
    const auto& account = accounts_[slot];
    return {account.journal, account.tree.size(), account.tree.root()};
  }

  /// The best proof there is that the journal only grew; meant for another, it may prove nothing.
  [[nodiscard]] tlog::Proof growth(std::size_t slot, std::uint64_t from) {
    auto& tree = accounts_[slot].tree;
    return tlog::prove_consistency(tree, std::min(from, tree.size()), tree.size()).value();
  }

 private:
  static void grow_anew(Account& account) {
    account.tree = {};
    for (const auto& record : account.records) account.tree.append(leaf(record));
  }
};

}  // namespace vitrine::evidence
