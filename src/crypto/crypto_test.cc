#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "base/encoding.h"
#include "crypto/aead.h"
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
  // RFC 4231 test case 6: a key longer than a block of the hash.
  EXPECT_EQ(
      to_hex(
          HmacKey(Bytes(131, 0xaa)).sign(as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(HmacKey({}).sign({})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Mac, Comparison) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("Same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("sam")));
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(std::string_view hex) {
  std::array<std::uint8_t, N> out{};
  std::ranges::copy(*from_hex(hex), out.begin());
  return out;
}

Aes256Key repeated(std::uint8_t byte) {
  Aes256Key key;
  key.fill(byte);
  return key;
}

// NIST's GCM test vectors, gcmEncryptExtIV256: [PTlen = 128], [AADlen = 0], count 0; and an empty message.
TEST(AesGcm, PublishedVectors) {
  AesGcm cipher(bytes_of<32>("31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22"));
  auto nonce = bytes_of<12>("0d18e06c7c725ac9e362e1ce");
  auto plaintext = *from_hex("2db5168e932556f8089a0622981d017d");
  Bytes sealed(plaintext.size() + kTagBytes);
  for (int round = 0; round < 2; ++round) {
    cipher.seal(nonce, {}, plaintext, sealed);
    EXPECT_EQ(to_hex(sealed), "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489");
    Bytes opened(plaintext.size());
    EXPECT_TRUE(cipher.open(nonce, {}, sealed, opened));
    EXPECT_EQ(opened, plaintext);
  }
}

TEST(AesGcm, AnyChangeIsNoticed) {
  AesGcm cipher(repeated(7));
  AesGcm::Nonce nonce{};
  Bytes sealed(3 + kTagBytes), opened(3);
  cipher.seal(nonce, as_bytes("more"), as_bytes("abc"), sealed);
  EXPECT_FALSE(cipher.open(nonce, as_bytes("less"), sealed, opened));
  for (auto& byte : sealed) {
    byte ^= 0x80;
    EXPECT_FALSE(cipher.open(nonce, as_bytes("more"), sealed, opened));
    byte ^= 0x80;
  }
  nonce[11] = 1;
  EXPECT_FALSE(cipher.open(nonce, as_bytes("more"), sealed, opened));
}

// RFC 5869, appendix A.1, first block.
TEST(KeyDerivation, Rfc5869) {
  KeyDerivation derivation(*from_hex("000102030405060708090a0b0c"),
                           *from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"));
  EXPECT_EQ(to_hex(derivation.derive(*from_hex("f0f1f2f3f4f5f6f7f8f9"))),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

// RFC 3720, appendix B.4.
TEST(Crc32c, Rfc3720) {
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aau);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43u);
  EXPECT_EQ(crc32c(as_bytes("6789"), crc32c(as_bytes("12345"))), 0xe3069283u);
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

TEST(Mac, ManyMessagesFromManyThreadsDoNotTouchOneAnother) {
  const HmacKey key(as_bytes("Jefe"));
  const auto expected = key.sign(as_bytes("what do ya want for nothing?"));
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        (void)key.sign(random_array<64>());
        wrong += key.sign(as_bytes("what do ya want for nothing?")) != expected;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Random, GivesNoByteTwice) {
  // More than one stock, in pieces that do not divide it, and pieces too large for it.
  std::set<std::array<std::uint8_t, 24>> small;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(small.insert(random_array<24>()).second);
  EXPECT_NE(random_array<257>(), random_array<257>());
}

TEST(Random, ThreadsDoNotShareAStock) {
  std::array<std::uint8_t, 32> here = random_array<32>(), there{};
  std::thread([&] { there = random_array<32>(); }).join();
  EXPECT_NE(here, there);
}

}  // namespace
}  // namespace vitrine::crypto
