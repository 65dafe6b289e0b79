#include "blobs/customer_key.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

CustomerKeyPtr key_of(std::uint8_t byte) {
  crypto::Aes256Key key;
  key.fill(byte);
  return std::make_shared<const CustomerKey>(key);
}

TEST(CustomerKey, OnlyItsDigestIsKept) {
  const auto with = *encrypted_with(key_of(1));
  EXPECT_EQ(with.key, crypto::sha256(key_of(1)->key()));
  EXPECT_EQ(to_hex(with.encode()), "582072cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793");
  EXPECT_EQ(*EncryptedWith::decode(with.encode()), with);
  EXPECT_FALSE(encrypted_with(nullptr));
}

TEST(CustomerKey, WhatIsNoDigestIsRefused) {
  for (auto hex : {"", "581f", "5801aa", "f6"})
    EXPECT_EQ(EncryptedWith::decode(*from_hex(hex)).error().code, Code::Corrupt) << hex;
  auto longer = encrypted_with(key_of(1))->encode();
  longer.push_back(0);
  EXPECT_EQ(EncryptedWith::decode(longer).error().code, Code::Corrupt);
}

TEST(CustomerKey, MustBeTheOneOfTheContent) {
  Attributes plain, sealed;
  set_attribute(sealed, encrypted_with(key_of(1)));
  EXPECT_TRUE(check_key(plain, nullptr));
  EXPECT_TRUE(check_key(sealed, key_of(1)));
  EXPECT_EQ(check_key(sealed, nullptr).error().code, Code::BlobUsesCustomerSpecifiedEncryption);
  EXPECT_EQ(check_key(plain, key_of(1)).error().code, Code::BlobDoesNotUseCustomerSpecifiedEncryption);
  EXPECT_EQ(check_key(sealed, key_of(2)).error().code, Code::BlobCustomerSpecifiedEncryptionMismatch);
}

}  // namespace
}  // namespace vitrine::blobs
