// Customer-provided keys as requests and answers have them.
// Source: Azure Storage REST, "Provide an encryption key on a request to Blob Storage".
#pragma once

#include <string_view>

#include "blobs/customer_key.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

/// x-ms-encryption-key and -key-sha256 (base64) and -algorithm (AES256), all three or none. Errors:
/// MissingRequiredHeader; InvalidHeaderValue, also when the digest is not the key's.
Result<blobs::CustomerKeyPtr> parse_customer_key(const http::Headers& headers);

/// The operation of this name makes use of a key; one that does not would ignore it. Errors: NotImplemented.
Result<void> check_takes_customer_key(std::string_view operation, const http::Headers& headers);

/// What was written: encrypted, and under which customer's key.
void add_encryption(http::Headers& headers, const blobs::CustomerKeyPtr& key);
/// The same of content that is there.
void add_encryption(http::Headers& headers, const blobs::Attributes& attributes);

}  // namespace vitrine::azure::blob
