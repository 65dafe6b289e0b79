// The response headers and forms that several operations share.
#pragma once

#include <string>

#include "azure/blob/lease_words.h"
#include "azure/blob/tier_words.h"
#include "blobs/blob_head.h"
#include "http/message.h"
#include "operations/blob_requests.h"

namespace vitrine::azure::blob {

/// Names the version that an answer is about.
inline constexpr std::string_view kVersionId = "x-ms-version-id";

/// ETag and Last-Modified.
void add_state(http::Headers& headers, const blobs::ETag& etag, Timestamp last_modified);
/// x-ms-lease-status, x-ms-lease-state and, while one holds, x-ms-lease-duration.
void add_lease(http::Headers& headers, const LeaseWords& words);
/// x-ms-access-tier and what belongs to it.
void add_tier(http::Headers& headers, const TierWords& words);
/// One x-ms-meta- header each.
void add_metadata(http::Headers& headers, const blobs::Metadata& metadata);
/// Everything about a blob that an answer with its whole content says; not its length and lease.
void add_blob(http::Headers& headers, const blobs::BlobHead& head);
/// The same beside a part of the content: Content-MD5 is left to the part.
void add_blob_of_part(http::Headers& headers, const blobs::BlobHead& head);

/// The MD5 of what was sent, or its CRC64 if the client sent one.
void add_transfer_checks(http::Headers& headers, const operations::PutAnswer& put,
                         const blobs::TransferChecks& checks);

/// What a service SAS has signed for the answer with a blob: rscc, rscd, rsce, rscl and rsct replace
/// Cache-Control, Content-Disposition and so on.
void override_headers(http::Headers& headers, const http::Target& target);

http::Response xml_answer(std::string document);
/// Without body: the state that a change left.
http::Response changed_answer(unsigned status, const operations::Changed& state);

}  // namespace vitrine::azure::blob
