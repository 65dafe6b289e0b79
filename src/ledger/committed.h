// The in-process proof that a record, and the effect it describes, are durable.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/gate.h"
#include "store/access.h"
#include "store/entry.h"

namespace vitrine::ledger {

/// Made by the Ledger alone, after the commit; whoever gives out bytes or runs a model asks for one.
class Committed {
 public:
  Committed(Committed&&) noexcept = default;
  Committed& operator=(Committed&&) noexcept = default;

  /// The record's place in its account's journal.
  [[nodiscard]] std::uint64_t journal_index() const { return journal_index_; }
  /// Of everything the commit wrote.
  [[nodiscard]] store::Version version() const { return version_; }
  /// What must be done to the result before anybody gets it.
  [[nodiscard]] const std::vector<policy::Obligation>& obligations() const { return obligations_; }
  /// The key to the bytes that the record speaks of.
  [[nodiscard]] store::ReadAccess read_access() const { return {}; }

 private:
  friend class Ledger;
  Committed(std::uint64_t journal_index, store::Version version, std::vector<policy::Obligation> obligations)
      : journal_index_(journal_index), version_(version), obligations_(std::move(obligations)) {}

  std::uint64_t journal_index_;
  store::Version version_;
  std::vector<policy::Obligation> obligations_;
};

}  // namespace vitrine::ledger
