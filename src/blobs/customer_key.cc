#include "blobs/customer_key.h"

#include <algorithm>

namespace vitrine::blobs {

Bytes EncryptedWith::encode() const {
  CborWriter writer;
  writer.bytes(key);
  return to_bytes(writer.view());
}

Result<EncryptedWith> EncryptedWith::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  auto with = TRY(read_encrypted_with(reader));
  TRY(reader.end());
  return with;
}

Result<EncryptedWith> read_encrypted_with(CborReader& reader) {
  const auto digest = TRY(reader.bytes());
  EncryptedWith with;
  if (digest.size() != with.key.size())
    return fail(Code::Corrupt, "The digest of a customer's key has a wrong length.");
  std::ranges::copy(digest, with.key.begin());
  return with;
}

std::optional<EncryptedWith> encrypted_with(const CustomerKeyPtr& key) {
  return key ? std::optional(EncryptedWith{key->digest()}) : std::nullopt;
}

Result<void> check_key(const std::optional<EncryptedWith>& content, const CustomerKeyPtr& key) {
  if (!content && !key) return {};
  if (!key)
    return fail(Code::BlobUsesCustomerSpecifiedEncryption,
                "The content is encrypted under a key that the customer keeps; send it with the request.");
  if (!content)
    return fail(Code::BlobDoesNotUseCustomerSpecifiedEncryption,
                "The content is not encrypted under a customer's key; leave the key out.");
  if (content->key != key->digest())
    return fail(Code::BlobCustomerSpecifiedEncryptionMismatch,
                "The content is encrypted under another key than the one that came with the request.");
  return {};
}

Result<void> check_key(const Attributes& attributes, const CustomerKeyPtr& key) {
  return check_key(TRY(attribute<EncryptedWith>(attributes)), key);
}

}  // namespace vitrine::blobs
