// The heads tree: what a seal says about every journal without showing it. (docs/formats/seal.md)
#pragma once

#include <cstdint>

#include "crypto/mac.h"
#include "evidence/record.h"

namespace vitrine::evidence {

/// A journal at one size.
struct JournalHead {
  JournalId journal;
  std::uint64_t size = 0;
  Digest root{};
  bool operator==(const JournalHead&) const = default;
};

/// HMAC-SHA-256(slot secret, seal number as 8 bytes, big-endian): a new one each seal, so that an unchanged
/// journal does not show.
Salt head_salt(const crypto::HmacKey& slot_secret, std::uint64_t seal_number);

/// The leaf at the journal's slot: the RFC 9162 leaf hash of CBOR ["vitrine-head-v1", salt, journal id,
/// size, root].
Digest head_leaf(const JournalHead& head, const Salt& salt);

}  // namespace vitrine::evidence
