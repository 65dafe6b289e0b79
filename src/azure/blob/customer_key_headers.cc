#include "azure/blob/customer_key_headers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kKey = "x-ms-encryption-key", kDigest = "x-ms-encryption-key-sha256",
                           kAlgorithm = "x-ms-encryption-algorithm";

constexpr std::string_view kUsedBy[] = {
    "blob.put",
    "blob.put-block",
    "blob.put-block-list",
    "blob.get",
    "blob.get-properties",
    "blob.get-metadata",
    "blob.set-metadata",
    "blob.snapshot",
    "append.create",
    "append.append-block",
    "page.create",
    "page.put",
    "page.clear",
    "page.put-from-url",
    "blob.put-block-from-url",
    "append.append-block-from-url",
};

std::string_view value_of(const http::Headers& headers, std::string_view name) {
  return headers.get(name).value_or("");
}

bool names_customer_key(const http::Headers& headers) {
  return std::ranges::any_of(std::array{kKey, kDigest, kAlgorithm},
                             [&](std::string_view name) { return !value_of(headers, name).empty(); });
}

/// 32 bytes in base64. Errors: MissingRequiredHeader, InvalidHeaderValue.
Result<std::array<std::uint8_t, 32>> parse_bytes(const http::Headers& headers, std::string_view name) {
  const auto text = value_of(headers, name);
  if (text.empty())
    return fail(Code::MissingRequiredHeader, fmt::format("A customer's key needs the header {}.", name));
  auto bytes = from_base64(text);
  std::array<std::uint8_t, 32> out;
  if (!bytes || bytes->size() != out.size())
    return fail(Code::InvalidHeaderValue, fmt::format("The header {} is not 32 bytes in base64.", name));
  std::ranges::copy(*bytes, out.begin());
  crypto::wipe(*bytes);
  return out;
}

}  // namespace

Result<blobs::CustomerKeyPtr> parse_customer_key(const http::Headers& headers) {
  if (!names_customer_key(headers)) return nullptr;
  auto bytes = TRY(parse_bytes(headers, kKey));
  auto key = std::make_shared<const blobs::CustomerKey>(bytes);
  crypto::wipe(bytes);
  if (TRY(parse_bytes(headers, kDigest)) != key->digest())
    return fail(Code::InvalidHeaderValue,
                "The header x-ms-encryption-key-sha256 is not the SHA-256 of the key that came with it.");
  const auto algorithm = value_of(headers, kAlgorithm);
  if (algorithm.empty())
    return fail(Code::MissingRequiredHeader,
                "A customer's key needs the header x-ms-encryption-algorithm: AES256.");
  if (!http::equal_ignoring_case(algorithm, "AES256"))
    return fail(Code::InvalidHeaderValue, "The header x-ms-encryption-algorithm must be AES256.");
  return key;
}

Result<void> check_takes_customer_key(std::string_view operation, const http::Headers& headers) {
  if (!names_customer_key(headers) || std::ranges::find(kUsedBy, operation) != std::end(kUsedBy)) return {};
  return fail(
      Code::NotImplemented,
      fmt::format("The operation '{}' takes no customer-provided key here; leave it out.", operation));
}

void add_encryption(http::Headers& headers, const blobs::CustomerKeyPtr& key) {
  headers.add("x-ms-request-server-encrypted", "true");
  if (key) headers.add(kDigest, to_base64(key->digest()));
}

void add_encryption(http::Headers& headers, const blobs::Attributes& attributes) {
  headers.add("x-ms-server-encrypted", "true");
  if (const auto with = blobs::attribute<blobs::EncryptedWith>(attributes); with && *with)
    headers.add(kDigest, to_base64((*with)->key));
}

}  // namespace vitrine::azure::blob
