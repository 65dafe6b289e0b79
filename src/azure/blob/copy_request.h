// What a request says of the blob that it takes bytes from, and who may read that.
// Source: Azure Storage REST, "Copy Blob", "Copy Blob From URL", "Put Block From URL": x-ms-copy-source,
// x-ms-copy-source-authorization.
#pragma once

#include "azure/blob/call.h"
#include "operations/copy_source.h"

namespace vitrine::azure::blob {

/// The address in x-ms-copy-source.
struct SourceAddress {
  http::Target target;
  bool secure = false;
  std::string told;  ///< without what signs it
};
/// Errors: MissingRequiredHeader; InvalidHeaderValue unless it is the whole address of something.
Result<SourceAddress> parse_source_address(const http::Headers& headers);

/// Whether the address is of the server that `host` is, which the client speaks to: the same name and port;
/// the names of this very machine and those of accounts below blob.localhost are all one.
bool is_own(const SourceAddress& source, std::string_view host, bool secure);

/// The blob of this server, and whose read of it that is: the holder of what the address was signed with, or
/// of the token in x-ms-copy-source-authorization; without either, whoever sent the request if it is of the
/// same account and the credential reaches the source, or anybody where the source is public. Sets the call's
/// source_error where it may not be read. Errors: CannotVerifyCopySource; InvalidHeaderValue for a snapshot
/// that is none, or other headers of the source that cannot be understood.
Result<operations::CopySource> parse_copy_source(Call& call, const SourceAddress& address);

}  // namespace vitrine::azure::blob
