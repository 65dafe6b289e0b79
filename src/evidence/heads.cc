#include "evidence/heads.h"

#include "base/cbor.h"

namespace vitrine::evidence {

Salt head_salt(const crypto::HmacKey& slot_secret, std::uint64_t seal_number) {
  Bytes message;
  append_be64(message, seal_number);
  return {slot_secret.sign(message)};
}

Digest head_leaf(const JournalHead& head, const Salt& salt) {
  CborWriter out;
  out.array(5).text("vitrine-head-v1").bytes(salt.bytes).bytes(head.journal.bytes);
  out.unsigned_int(head.size).bytes(head.root);
  return tlog::leaf_hash(out.view());
}

}  // namespace vitrine::evidence
