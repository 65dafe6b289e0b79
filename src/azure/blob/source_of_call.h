// The source of an operation that takes bytes from another blob, let in or refused.
#pragma once

#include "azure/blob/copy_request.h"

namespace vitrine::azure::blob {

/// Whoever may not read the source is refused, on record as the operation that the action is. Errors: those
/// of parse_copy_source and of the ledger.
Task<Result<operations::CopySource>> source_of(Call& call, const SourceAddress& address,
                                               policy::Action action);

/// The source's bytes as the body of an operation that takes one, their read on record. Errors: those of
/// source_of, parse_source_address and operations::read_source.
Task<Result<operations::SourceBody>> body_of_source(Call& call, policy::Action action);

}  // namespace vitrine::azure::blob
