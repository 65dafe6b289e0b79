// How requests name snapshots and versions.
// Source: Azure Storage REST, "Get Blob" (snapshot), "Get Page Ranges" (prevsnapshot).
#pragma once

#include "azure/blob/call.h"

namespace vitrine::azure::blob {

/// The name of a snapshot or version as a parameter has it. Errors: InvalidQueryParameterValue.
Result<blobs::Moment> parse_snapshot(std::string_view text);

/// Whether the parameter snapshot or versionid names one; an empty one does not.
bool names_snapshot(const http::Target& target);

/// The snapshot or version that the parameters name; none: the blob itself. Errors:
/// InvalidQueryParameterValue, also for both at once.
Result<std::optional<blobs::PastId>> parse_past(const http::Target& target);

/// The blob, or the snapshot or version of it that the request names. Errors: InvalidQueryParameterValue.
Result<operations::BlobRef> blob_or_snapshot(const Call& call);

/// The snapshot of the request's own blob since which differences are asked for: prevsnapshot, or the address
/// in x-ms-previous-snapshot-url. Errors: InvalidQueryParameterValue; InvalidHeaderValue for an address of
/// another blob or of no snapshot.
Result<blobs::Moment> parse_previous_snapshot(const http::Request& request, const Address& address);

}  // namespace vitrine::azure::blob
