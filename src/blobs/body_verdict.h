// Whether an inline body is the one that was written: opened, digested and dropped.
#pragma once

#include "blobs/piece.h"
#include "keys/data_key.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Opens bodies without a record, because nothing of them leaves it but a verdict.
class BodyVerdict {
 public:
  /// Precondition: the piece lies in the Bodies table. What only a customer has the key of passes unopened.
  /// Errors: Corrupt, with what is wrong for a report;
  /// ContentDestroyed when its key was; those of the store.
  static Result<void> of(const store::Store& store, const keys::DataKeys& keys, const ContainerId& container,
                         const Piece& piece);
};

}  // namespace vitrine::blobs
