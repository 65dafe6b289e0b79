// Looks at what the store holds with the accounts' keys: whether every blob has its content.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "identity/account_directory.h"
#include "operations/floors.h"
#include "store/check.h"
#include "store/segment_verifier.h"

namespace vitrine::operations {

/// What there is besides what the store itself can count.
struct ContentCounts {
  std::uint64_t containers = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;  ///< of content, as clients see it

  friend bool operator==(const ContentCounts&, const ContentCounts&) = default;
};

/// Finds the keys of segments among the accounts'. Keeps none of them.
class AccountsKeys final : public store::SegmentKeys {
 public:
  /// Both outlive it.
  AccountsKeys(const identity::AccountDirectory& accounts, const keys::KeyDirectory& keys)
      : accounts_(accounts), keys_(keys) {}
  [[nodiscard]] std::shared_ptr<const keys::DataKeys> of(const keys::Owner& owner) override;

 private:
  const identity::AccountDirectory& accounts_;
  const keys::KeyDirectory& keys_;
  std::map<keys::Owner, std::string> names_;
};

/// What of the bodies is looked at.
enum class BodyCheck : std::uint8_t {
  Place,    ///< that they are there, as long as they are named
  Content,  ///< also, of inline ones, that they open and have their SHA-256
};

/// Goes on from a place in CheckStage::Content that the guide was told, steered like store::check(), and adds
/// to the report and the counts. Commits, deletions and collection may go on: what looks wrong is looked at
/// again, and is not if it has changed meanwhile. Returns whether everything was looked at.
bool check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                   const store::CheckPlace& from, store::CheckGuide& guide, store::CheckReport& report,
                   ContentCounts& counts, BodyCheck bodies = BodyCheck::Content);

/// Opens every head, sees that every body which it names is there, a segment of the length and SHA-256 that
/// it says, that every record has the leaf that its journal's tree was made of, and that every body is
/// counted as often as rows hold it. Opens inline bodies; segments are opened by store::check(). Nothing of
/// what it opens leaves it but verdicts. Adds what is wrong to the report. Blocks.
ContentCounts check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                            store::CheckReport& report, BodyCheck bodies = BodyCheck::Content);

}  // namespace vitrine::operations
