// The in-process proof that a record, and the effect it describes, are durable.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policy/gate.h"
#include "store/access.h"
#include "store/commit.h"
#include "store/entry.h"

namespace vitrine::blobs {
class BodyReader;
}  // namespace vitrine::blobs

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
  /// Effect::scans as they were at this record's place in the order, to be taken once.
  [[nodiscard]] std::vector<store::Scanner> take_scanners() { return std::move(scanners_); }
  /// The content that the record speaks of; none when it speaks of none.
  [[nodiscard]] const std::optional<crypto::Sha256Digest>& content_root() const { return content_root_; }
  /// What must be done to the result before anybody gets it.
  [[nodiscard]] const std::vector<policy::Obligation>& obligations() const { return obligations_; }
  /// What was counted, for steps to draw on.
  [[nodiscard]] policy::Charge take_charge() { return std::move(charge_); }

 private:
  friend class Ledger;
  friend class vitrine::blobs::BodyReader;
  Committed(store::Position position, const std::optional<crypto::Sha256Digest>& content_root,
            std::vector<policy::Obligation> obligations, policy::Charge charge)
      : journal_index_(position.journal_indexes.front()),
        version_(position.version),
        scanners_(std::move(position.scanners)),
        content_root_(content_root),
        obligations_(std::move(obligations)),
        charge_(std::move(charge)) {}
  /// The key to the bytes of any content: for the one that compares the content with content_root() first.
  [[nodiscard]] store::ReadAccess read_access() const { return {}; }

  std::uint64_t journal_index_;
  store::Version version_;
  std::vector<store::Scanner> scanners_;
  std::optional<crypto::Sha256Digest> content_root_;
  std::vector<policy::Obligation> obligations_;
  policy::Charge charge_;
};

}  // namespace vitrine::ledger
