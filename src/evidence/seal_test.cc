#include "evidence/seal.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/heads.h"
#include "evidence/seal_chain.h"

namespace vitrine::evidence {
namespace {

Digest digest_of(std::uint8_t byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}
Seconds at(std::int64_t seconds) {
  return Seconds(std::chrono::seconds(seconds));
}

std::string hex32(std::uint8_t byte) {
  return "5820" + to_hex(digest_of(byte));
}

/// Key and signature, of which only the first byte is not zero.
std::string approval_hex(const std::string& key, const std::string& signature) {
  return "825820" + key + std::string(62, '0') + "5840" + signature + std::string(126, '0');
}

TEST(PublicEntry, GoldenBytes) {
  struct Row {
    PublicEntry entry;
    std::string hex;
  };
  const Row rows[] = {
      {Seal{1, at(1000), digest_of(1), 2, digest_of(0), 3, std::nullopt},
       "89"
       "647365616c"
       "01"
       "01"
       "1903e8" +
           hex32(1) + "02" + hex32(0) +
           "03"
           "f6"},
      {Seal{2, at(1000), digest_of(1), 2, digest_of(9), 3, digest_of(8)},
       "89"
       "647365616c"
       "01"
       "02"
       "1903e8" +
           hex32(1) + "02" + hex32(9) + "03" + hex32(8)},
      {AccountCreated{5, digest_of(7)},
       "84"
       "6f"
       "6163636f756e742d63726561746564"
       "01"
       "05" +
           hex32(7)},
      {Suspension{SuspensionState::Lifted, "image", digest_of(6), at(1000)},
       "86"
       "6a"
       "73757370656e73696f6e"
       "01"
       "02"
       "65696d616765" +
           hex32(6) + "1903e8"},
      {Restart{at(1000), 4, true},
       "85"
       "67"
       "72657374617274"
       "01"
       "1903e8"
       "04"
       "f5"},
      {Loss{.slot = 2,
            .size = 300,
            .root = digest_of(5),
            .reason = "fire",
            .commitment = digest_of(4),
            .time = at(1000),
            .approvals = {Approval{{1}, {2}}, Approval{{3}, {4}}}},
       "89"
       "64"
       "6c6f7373"
       "01"
       "02"
       "19012c" +
           hex32(5) + "6466697265" + hex32(4) + "1903e8" + "82" + approval_hex("01", "02") +
           approval_hex("03", "04")},
      {Erasure{.slot = 2,
               .records = 300,
               .facets = {.who = true},
               .order = digest_of(5),
               .agreed = at(1000),
               .approvals = {Approval{{1}, {2}}, Approval{{3}, {4}}}},
       "89"
       "67"
       "65726173757265"
       "01"
       "02"
       "19012c"
       "f5"
       "f4" +
           hex32(5) + "1903e8" + "82" + approval_hex("01", "02") + approval_hex("03", "04")},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(to_hex(encode_entry(row.entry)), row.hex);
    EXPECT_EQ(*decode_entry(*from_hex(row.hex)), row.entry);
  }
}

TEST(PublicEntry, RefusesWhatItDoesNotKnow) {
  struct Row {
    const char* why;
    std::string hex;
    Code code;
  };
  for (const auto& [why, hex, code] :
       {Row{"empty", "", Code::Corrupt}, Row{"another kind", "826478797a7a01", Code::NotImplemented},
        Row{"another version",
            "84"
            "6f"
            "6163636f756e742d63726561746564"
            "02"
            "05" +
                hex32(7),
            Code::NotImplemented},
        Row{"an item more",
            "85"
            "6f"
            "6163636f756e742d63726561746564"
            "01"
            "05" +
                hex32(7) + "00",
            Code::Corrupt},
        Row{"a byte behind",
            "84"
            "6f"
            "6163636f756e742d63726561746564"
            "01"
            "05" +
                hex32(7) + "00",
            Code::Corrupt},
        Row{"an unknown state",
            "86"
            "6a"
            "73757370656e73696f6e"
            "01"
            "04"
            "60" +
                hex32(6) + "00",
            Code::Corrupt}}) {
    auto entry = decode_entry(*from_hex(hex));
    ASSERT_FALSE(entry) << why;
    EXPECT_EQ(entry.error().code, code) << why;
  }
}

TEST(SealChain, KeepsItsRules) {
  const AccountCreated account{0, {}};
  const Seal first{1, at(100), {}, 1, {}, 5, std::nullopt};
  const Seal second{2, at(100), {}, 1, seal_hash(first), 5, std::nullopt};
  auto changed = [&](auto change) {
    auto seal = second;
    change(seal);
    return seal;
  };
  struct Row {
    const char* why;
    PublicEntry entry;
    bool kept;
  };
  for (const auto& row : {
           Row{"the next seal", second, true},
           Row{"a seal left out", changed([](Seal& seal) { seal.number = 3; }), false},
           Row{"a seal repeated", first, false},
           Row{"another past", changed([](Seal& seal) { seal.previous[0] ^= 1; }), false},
           Row{"time going back", changed([](Seal& seal) { seal.time = at(99); }), false},
           Row{"a hidden journal", changed([](Seal& seal) { seal.slots = 0; }), false},
           Row{"a made-up journal", changed([](Seal& seal) { seal.slots = 2; }), false},
           Row{"the next slot", AccountCreated{1, {}}, true},
           Row{"a slot given twice", AccountCreated{0, {}}, false},
           Row{"a slot skipped", AccountCreated{2, {}}, false},
           Row{"a policy epoch going back", changed([](Seal& seal) { seal.policy_epoch = 4; }), false},
           Row{"a later policy epoch", changed([](Seal& seal) { seal.policy_epoch = 6; }), true},
           Row{"a restart", Restart{at(100), 1, false}, true},
           Row{"a restart that forgets", Restart{at(100), 0, false}, false},
           Row{"a restart dated back", Restart{at(89), 1, false}, false},
           Row{"a suspension", Suspension{.time = at(90)}, true},
           Row{"a suspension dated back", Suspension{.time = at(89)}, false},
       }) {
    SealChain chain{"test.example/log"};
    ASSERT_TRUE(chain.follow(account));
    ASSERT_TRUE(chain.follow(first));
    EXPECT_EQ(chain.follow(row.entry).has_value(), row.kept) << row.why;
  }
}

TEST(SealChain, TwoDifferentPeopleStandBehindALossOfThisLog) {
  const auto one = crypto::SigningKey::from_seed({1}), other = crypto::SigningKey::from_seed({2});
  const std::string origin = "test.example/log";
  Loss good{.slot = 0, .size = 7, .root = digest_of(1), .reason = "fire", .commitment = {}, .time = at(5)};
  good.approvals = {approve(origin, good, one), approve(origin, good, other)};
  auto changed = [&](auto change) {
    auto loss = good;
    change(loss);
    return loss;
  };
  struct Row {
    const char* why;
    Loss loss;
    bool kept;
  };
  for (const auto& row : {
           Row{"signed by two", good, true},
           Row{"of a slot that nobody has", changed([&](Loss& loss) {
                 loss.slot = 1;
                 loss.approvals = {approve(origin, loss, one), approve(origin, loss, other)};
               }),
               false},
           Row{"signed by one twice", changed([&](Loss& loss) { loss.approvals[1] = loss.approvals[0]; }),
               false},
           Row{"another reason", changed([](Loss& loss) { loss.reason = "flood"; }), false},
           Row{"another size", changed([](Loss& loss) { --loss.size; }), false},
           Row{"another root", changed([](Loss& loss) { loss.root = {}; }), false},
           Row{"another journal", changed([](Loss& loss) { loss.commitment = digest_of(2); }), false},
           Row{"another time", changed([](Loss& loss) { loss.time += std::chrono::seconds(1); }), false},
           Row{"another person", changed([&](Loss& loss) { loss.approvals[0].key = {}; }), false},
           Row{"signed for another log",
               changed([&](Loss& loss) { loss.approvals[0] = approve("other.example/log", loss, one); }),
               false},
       }) {
    SealChain chain(origin);
    ASSERT_TRUE(chain.follow(AccountCreated{0, {}}));
    EXPECT_EQ(chain.follow(row.loss).has_value(), row.kept) << row.why;
  }
}

TEST(RecordRanges, AreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_ranges("4-9,17").value(), (RecordRanges{{4, 9}, {17, 17}}));
  for (const auto* text : {"", "4-9,10", "4-9,9", "9-4", "4-4", "04", "+4", "4,", ",4", "4 ", "4-", "-4",
                           "4--5", "9,4", "1000000000000000000"})
    EXPECT_FALSE(parse_ranges(text)) << text;
  EXPECT_EQ(to_text(merged({{10, 12}, {4, 9}, {17, 17}, {5, 6}})), "4-12,17");
  const RecordRanges ranges{{4, 9}, {17, 17}};
  EXPECT_EQ(count(ranges), 7u);
  for (std::uint64_t index = 0; index < 20; ++index)
    EXPECT_EQ(contains(ranges, index), (index >= 4 && index <= 9) || index == 17) << index;
}

TEST(SealChain, TheFirstSealIsNumberOneAndNamesNoOther) {
  EXPECT_TRUE(SealChain("test.example/log").follow(Seal{1, at(5), {}, 0, {}, 0, std::nullopt}));
  EXPECT_FALSE(SealChain("test.example/log").follow(Seal{0, at(5), {}, 0, {}, 0, std::nullopt}));
  EXPECT_FALSE(SealChain("test.example/log").follow(Seal{1, at(5), {}, 0, digest_of(1), 0, std::nullopt}));
}

TEST(Heads, TheSaltHidesThatNothingChanged) {
  crypto::HmacKey secret(as_bytes("slot secret"));
  JournalHead head{{}, 5, digest_of(3)};
  EXPECT_EQ(head_salt(secret, 7), head_salt(secret, 7));
  EXPECT_NE(head_leaf(head, head_salt(secret, 7)), head_leaf(head, head_salt(secret, 8)));
}

TEST(Heads, TheLeafIsTheDocumentedHash) {
  JournalHead head{{digest_of(1)}, 5, digest_of(3)};
  auto entry = *from_hex(
      "85"
      "6f76697472696e652d686561642d7631" +
      hex32(2) + hex32(1) + "05" + hex32(3));
  EXPECT_EQ(head_leaf(head, {digest_of(2)}), tlog::leaf_hash(entry));
}

// Computed with tests/evidence/independent, as the three below.
TEST(Heads, GoldenSalt) {
  crypto::HmacKey secret(as_bytes("slot secret"));
  EXPECT_EQ(to_hex(head_salt(secret, 7).bytes),
            "c524e811679c68c23a84879527601a7e2ff20609827e26cfaddecaad4be06f69");
}

TEST(Commitments, Golden) {
  const Salt salt{digest_of(1)};
  const JournalId journal{digest_of(3)};
  EXPECT_EQ(to_hex(account_commitment(salt, "acc", journal, {})),
            "730504dfac612dd81e920a1e444beaadc2f278209871ea0d6fcbecde07ce8735");
  EXPECT_EQ(to_hex(account_commitment(salt, "acc", journal, digest_of(4))),
            "63f6564816e7fdf828019afa23a73b5643d22973971580400e82fec7e600fe39");
  EXPECT_EQ(to_hex(subject_commitment(salt, "acc")),
            "23600e555be424db28a58fd9432afee18d3de068e3dca7f14273ee46a62cd309");
}

TEST(Loss, GoldenStatement) {
  const Loss loss{.slot = 2,
                  .size = 300,
                  .root = digest_of(5),
                  .reason = "fire",
                  .commitment = digest_of(4),
                  .time = at(1000)};
  EXPECT_EQ(to_hex(loss_statement("test.example/log", loss)),
            "886f76697472696e652d6c6f73732d763170746573742e6578616d706c652f6c6f670219012c" + hex32(5) +
                "6466697265" + hex32(4) + "1903e8");
}

TEST(Commitments, HideAndBind) {
  Salt salt{digest_of(1)}, other{digest_of(2)};
  JournalId journal{digest_of(3)};
  auto commitment = account_commitment(salt, "acc", journal, {});
  EXPECT_NE(commitment, account_commitment(other, "acc", journal, {}));
  EXPECT_NE(commitment, account_commitment(salt, "acd", journal, {}));
  EXPECT_NE(commitment, account_commitment(salt, "acc", {digest_of(4)}, {}));
  EXPECT_NE(commitment, account_commitment(salt, "acc", journal, Bytes{1}));
  EXPECT_NE(subject_commitment(salt, "acc"), subject_commitment(other, "acc"));
  EXPECT_NE(subject_commitment(salt, "acc"), subject_commitment(salt, "acd"));
}

}  // namespace
}  // namespace vitrine::evidence
