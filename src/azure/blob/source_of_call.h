// The source of an operation that takes bytes from another blob, let in or refused.
#pragma once

#include "azure/blob/remote_source.h"

namespace vitrine::azure::blob {

/// Whoever may not read the source is refused, on record as the operation that the action is. Errors: those
/// of parse_copy_source and of the ledger.
Task<Result<operations::CopySource>> source_of(Call& call, const SourceAddress& address,
                                               policy::Action action);

/// Whether the source is of another server and that may be asked.
bool is_remote(const Call& call, const SourceAddress& address);
/// That source, asked for; who cannot have it is refused as above. Errors: those of open_remote.
Task<Result<RemoteSource>> remote_source_of(Call& call, const SourceAddress& address, policy::Action action,
                                            std::uint64_t most);

/// The source's bytes as the body of an operation that takes one, their read on record. Errors: those of
/// source_of, parse_source_address, operations::read_source and open_remote. `most` bytes of another server.
Task<Result<operations::SourceBody>> body_of_source(Call& call, policy::Action action, std::uint64_t most);

}  // namespace vitrine::azure::blob
