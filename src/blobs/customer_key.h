// Keys that a customer keeps and sends along with each request: content under one opens with it alone.
// Source: Azure Storage REST, "Provide an encryption key on a request to Blob Storage".
#pragma once

#include <memory>

#include "base/cbor.h"
#include "blobs/attributes.h"
#include "crypto/aead.h"
#include "crypto/digest.h"

namespace vitrine::blobs {

/// As it came with a request; wiped with it.
class CustomerKey {
 public:
  explicit CustomerKey(const crypto::Aes256Key& key) : key_(key), digest_(crypto::sha256(key)) {}
  ~CustomerKey() { crypto::wipe(key_); }
  CustomerKey(const CustomerKey&) = delete;
  CustomerKey& operator=(const CustomerKey&) = delete;

  [[nodiscard]] const crypto::Aes256Key& key() const { return key_; }
  /// SHA-256: all that is kept of it.
  [[nodiscard]] const crypto::Sha256Digest& digest() const { return digest_; }

 private:
  crypto::Aes256Key key_;
  crypto::Sha256Digest digest_;
};

/// Null: the request brings none.
using CustomerKeyPtr = std::shared_ptr<const CustomerKey>;

/// Of which customer's key a blob's content is under; a blob without it is under the account's.
struct EncryptedWith {
  static constexpr std::uint64_t kAttribute = 20;

  crypto::Sha256Digest key{};

  /// CBOR, a byte string.
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<EncryptedWith> decode(ConstBytes cbor);
  friend bool operator==(const EncryptedWith&, const EncryptedWith&) = default;
};

/// As encode() writes it, in a row. Errors: Corrupt.
Result<EncryptedWith> read_encrypted_with(CborReader& reader);

/// What is written with a request that brings this key.
std::optional<EncryptedWith> encrypted_with(const CustomerKeyPtr& key);

/// The request brings the key that the content is under, or none where that is the account's. Errors:
/// BlobUsesCustomerSpecifiedEncryption, BlobDoesNotUseCustomerSpecifiedEncryption,
/// BlobCustomerSpecifiedEncryptionMismatch.
Result<void> check_key(const std::optional<EncryptedWith>& content, const CustomerKeyPtr& key);
/// The same of a blob. Errors: also Corrupt.
Result<void> check_key(const Attributes& attributes, const CustomerKeyPtr& key);

}  // namespace vitrine::blobs
