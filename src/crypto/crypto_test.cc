#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/mac.h"
#include "crypto/signature.h"

namespace vitrine::crypto {
namespace {

TEST(Digest, PublishedVectors) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Digest, StreamingEqualsOneShotAndStartsAnew) {
  Sha256 hasher;
  for (int round = 0; round < 2; ++round) {
    hasher.update(as_bytes("a"));
    hasher.update(as_bytes("bc"));
    EXPECT_EQ(hasher.finish(), sha256(as_bytes("abc")));
  }
}

TEST(Digest, Crc64Nvme) {
  Crc64 whole, parts;
  whole.update(as_bytes("123456789"));
  EXPECT_EQ(whole.value(), 0xae8b14860a799888u);  // the catalogue's check value
  parts.update(as_bytes("1234567"));
  parts.update(as_bytes("89"));
  EXPECT_EQ(parts.value(), whole.value());
}

TEST(Mac, Rfc4231) {
  HmacKey key(as_bytes("Jefe"));
  EXPECT_EQ(to_hex(key.sign(as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(HmacKey({}).sign({})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Mac, Comparison) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("Same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("sam")));
}

TEST(Signature, Rfc8032Test1) {
  Ed25519Seed seed;
  auto bytes = *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  auto key = SigningKey::from_seed(seed);
  EXPECT_EQ(to_hex(key.public_key()), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  auto signature = key.sign({});
  EXPECT_EQ(to_hex(signature).substr(0, 32), "e5564300c360ac729086e2cc806e828a");
  EXPECT_TRUE(verify(key.public_key(), {}, signature));
  signature[0] ^= 1;
  EXPECT_FALSE(verify(key.public_key(), {}, signature));
  EXPECT_FALSE(verify(key.public_key(), as_bytes("x"), key.sign({})));
  EXPECT_FALSE(verify(key.public_key(), {}, {}));
}

}  // namespace
}  // namespace vitrine::crypto
