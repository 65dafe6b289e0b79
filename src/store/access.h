// Who may commit and who may open bodies, as types: there is no other way to the store's effects.
#pragma once

namespace vitrine::ledger {
class Ledger;
class Committed;
}  // namespace vitrine::ledger

namespace vitrine::blobs {
class BodyVerdict;
}  // namespace vitrine::blobs

namespace vitrine::store {

/// Held by the Ledger alone: nothing becomes visible without its record.
class CommitAccess {
  friend class vitrine::ledger::Ledger;
  friend class StoreTestPeer;
  CommitAccess() {}
};

/// Given out by a Committed alone: no record, no bytes.
class ReadAccess {
  friend class vitrine::ledger::Committed;
  friend class StoreTestPeer;
  ReadAccess() {}
};

/// Held by BodyVerdict alone, which looks at bytes and gives out whether they are as they were written, and
/// nothing of them.
class VerdictAccess {
  friend class vitrine::blobs::BodyVerdict;
  VerdictAccess() {}
};

}  // namespace vitrine::store
