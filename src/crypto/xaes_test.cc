#include "crypto/xaes.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/encoding.h"
#include "crypto/derived_ciphers.h"

namespace vitrine::crypto {
namespace {

Aes256Key repeated(std::uint8_t byte) {
  Aes256Key key;
  key.fill(byte);
  return key;
}

NonceRun::Nonce nonce_of(std::string_view text) {
  NonceRun::Nonce nonce;
  std::ranges::copy(as_bytes(text), nonce.begin());
  return nonce;
}

Bytes seal(const Xaes& cipher, const NonceRun::Nonce& nonce, std::string_view additional,
           std::string_view plaintext) {
  Bytes out(plaintext.size() + Xaes::kOverhead);
  cipher.seal(nonce, as_bytes(additional), as_bytes(plaintext), out);
  return out;
}

// C2SP xaes-256-gcm, section "Test vectors".
TEST(Xaes, PublishedVectors) {
  const auto nonce = nonce_of("ABCDEFGHIJKLMNOPQRSTUVWX");
  for (auto [key, additional, expected] : {
           std::tuple{1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"},
           {3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"},
       }) {
    const Xaes cipher(repeated(static_cast<std::uint8_t>(key)));
    const auto sealed = seal(cipher, nonce, additional, "XAES-256-GCM");
    EXPECT_EQ(to_hex(sealed), to_hex(nonce) + expected);
    EXPECT_EQ(cipher.open(as_bytes(additional), sealed), to_bytes(as_bytes("XAES-256-GCM")));
  }
}

TEST(Xaes, OpensWhatItSealedAndNothingElse) {
  const Xaes cipher(repeated(9));
  auto sealed = cipher.seal(as_bytes("for"), as_bytes("text"));
  EXPECT_NE(sealed, cipher.seal(as_bytes("for"), as_bytes("text")));
  EXPECT_EQ(cipher.open(as_bytes("for"), sealed), to_bytes(as_bytes("text")));
  EXPECT_FALSE(cipher.open(as_bytes("other"), sealed));
  EXPECT_FALSE(Xaes(repeated(8)).open(as_bytes("for"), sealed));
  for (auto& byte : sealed) {
    byte ^= 1;
    EXPECT_FALSE(cipher.open(as_bytes("for"), sealed));
    byte ^= 1;
  }
  EXPECT_FALSE(cipher.open({}, ConstBytes(sealed).first(Xaes::kOverhead - 1)));
}

// More prefixes than are kept, some of them in one place, under two keys in turn.
TEST(Xaes, OpensWhateverPrefixItWasSealedUnder) {
  const Xaes one(repeated(1)), two(repeated(2));
  std::vector<std::pair<const Xaes*, Bytes>> all;
  for (unsigned i = 0; i < 5000; ++i) {
    auto nonce = random_array<24>();
    if (i % 2 == 0) std::fill_n(nonce.begin(), 8, std::uint8_t{0});
    const auto* cipher = i % 3 == 0 ? &one : &two;
    all.emplace_back(cipher, seal(*cipher, nonce, "place", std::to_string(i)));
  }
  for (unsigned i = 0; i < all.size(); ++i) {
    const auto& [cipher, sealed] = all[i];
    const auto text = std::to_string(i);
    EXPECT_EQ(cipher->open(as_bytes("place"), sealed), to_bytes(as_bytes(text)));
    EXPECT_FALSE((cipher == &one ? two : one).open(as_bytes("place"), sealed));
  }
}

/// Whether a derived key is still kept: if it is, nobody asks for it.
bool is_kept(const DerivedFrom& origin) {
  bool kept = true;
  DerivedCiphers::shared().with(
      origin,
      [&] {
        kept = false;
        return repeated(0);
      },
      [](const AesGcm&) {});
  return kept;
}

TEST(DerivedCiphers, AreKeptUntilTheirKeyIsForgotten) {
  constexpr DerivedFrom kOne{UINT64_MAX, {1}}, kTwo{UINT64_MAX - 1, {2}};
  EXPECT_FALSE(is_kept(kOne));
  EXPECT_FALSE(is_kept(kTwo));
  EXPECT_TRUE(is_kept(kOne));
  DerivedCiphers::shared().forget(kOne.key);
  EXPECT_FALSE(is_kept(kOne));
  EXPECT_TRUE(is_kept(kTwo));
}

TEST(NonceRun, NoTwoThreadsGetTheSameNonce) {
  constexpr std::size_t kThreads = 4, kEach = NonceRun::kLength / 4 + 1'000;
  NonceRun run;
  std::vector<std::vector<NonceRun::Nonce>> given(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& own : given)
      threads.emplace_back([&] {
        own.reserve(kEach);
        for (std::size_t i = 0; i < kEach; ++i) own.push_back(run.next());
      });
  }
  std::vector<NonceRun::Nonce> all;
  for (const auto& own : given) all.insert(all.end(), own.begin(), own.end());
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
  constexpr std::size_t kDrawn = 20;
  const auto front = [](const NonceRun::Nonce& nonce) { return ConstBytes(nonce).first(kDrawn); };
  std::size_t draws = 1;
  for (std::size_t i = 1; i < all.size(); ++i)
    draws += std::ranges::equal(front(all[i]), front(all[i - 1])) ? 0 : 1;
  EXPECT_EQ(draws, 2u) << "one for each run";
}

TEST(NonceRun, AnotherProcessCountsOnItsOwn) {
  NonceRun run;
  run.next();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto nonce = run.next();
    ::_exit(::write(ends[1], nonce.data(), nonce.size()) == 24 ? 0 : 1);
  }
  NonceRun::Nonce theirs{};
  EXPECT_EQ(::read(ends[0], theirs.data(), theirs.size()), 24);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  const auto ours = run.next(), drawn_later = NonceRun().next();
  for (const auto& own : {ours, drawn_later})
    EXPECT_FALSE(std::equal(own.begin(), own.begin() + 20, theirs.begin()));
}

}  // namespace
}  // namespace vitrine::crypto
