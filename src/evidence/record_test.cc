#include "evidence/record.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/sample_log.h"

namespace vitrine::evidence {
namespace {

Salt salt_of(std::uint8_t byte) {
  Salt salt;
  salt.bytes.fill(byte);
  return salt;
}

RecordContents small_contents() {
  return {{"a", "b", "c"},
          {"storage", "blob.get", "con", "blob", "", std::nullopt, std::nullopt},
          {"development", "", Decision::Denied, {"p"}, {}, {}, {}, 1, 0},
          {Measure::UpperBounds, {{"items", 1}}, 403, from_micros(1'700'000'000'000'000), "r", std::nullopt}};
}

Record small_record() {
  JournalId journal;
  journal.bytes.fill(0xaa);
  return make_record(journal, small_contents(), {salt_of(1), salt_of(2), salt_of(3), salt_of(4)});
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// The bytes written out by hand from RFC 8949: no encoder of ours made them.
TEST(Record, GoldenBytes) {
  EXPECT_EQ(to_hex(encode(small_contents().who)),
            "83"
            "6161"
            "6162"
            "6163");
  EXPECT_EQ(to_hex(encode(small_contents().what)),
            "87"
            "6773746f72616765"
            "68626c6f622e676574"
            "63636f6e"
            "64626c6f62"
            "60"
            "f6"
            "f6");
  EXPECT_EQ(to_hex(encode(small_contents().why)),
            "89"
            "6b646576656c6f706d656e74"
            "60"
            "f4"
            "816170"
            "5820" +
                repeated("00", 32) +
                "80"
                "80"
                "01"
                "00");
  EXPECT_EQ(to_hex(encode(small_contents().outcome)),
            "86"
            "f4"
            "8182656974656d7301"
            "190193"
            "1b00060a24181e4000"
            "6172"
            "f6");

  auto record = small_record();
  auto hex = to_hex(encode_record(record));
  EXPECT_TRUE(
      hex.starts_with("86"
                      "01"
                      "5820" +
                      repeated("aa", 32) +
                      "82"
                      "5820" +
                      repeated("01", 32) +
                      "47"
                      "83616161626163"));
  EXPECT_EQ(to_hex(leaf_data(record.journal, Commitments{})),
            "86"
            "01"
            "5820" +
                repeated("aa", 32) + repeated("5820" + repeated("00", 32), 4));
}

TEST(Record, CommitmentIsTheDocumentedHash) {
  Facet facet{salt_of(7), {1, 2, 3}};
  auto input = to_bytes(as_bytes("vitrine-facet-v1\n"));
  input.push_back(2);
  append(input, facet.salt.bytes);
  append(input, facet.cbor);
  EXPECT_EQ(commitment(FacetKind::Why, facet), crypto::sha256(input));
  EXPECT_NE(commitment(FacetKind::Who, facet), commitment(FacetKind::Why, facet));
}

TEST(Record, EveryFieldSurvives) {
  auto full = sample_contents(3);
  full.what.result = Derivation{crypto::sha256({}), {}, crypto::sha256(Bytes{1})};
  full.outcome.measure = Measure::Actual;
  full.outcome.closing = Closing{12, "interrupted"};
  for (const auto& contents : {small_contents(), full, RecordContents{}}) {
    auto record = make_record({}, contents, {});
    auto decoded = decode_record(encode_record(record));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, record);
    EXPECT_EQ(*read_contents(*decoded), contents);
  }
}

TEST(Record, EveryChangedBitChangesTheLeafOrIsRefused) {
  auto bytes = encode_record(small_record());
  auto original = leaf(small_record());
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = bytes;
      changed[at] ^= static_cast<std::uint8_t>(1 << bit);
      auto record = decode_record(changed);
      if (record) {
        EXPECT_NE(leaf(*record), original) << at << '.' << bit;
        EXPECT_EQ(encode_record(*record), changed) << at << '.' << bit;
      }
    }
}

TEST(Record, RefusesTruncatedAndFollowingBytes) {
  auto bytes = encode_record(small_record());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_record(ConstBytes(bytes).first(size))) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_record(bytes));
}

TEST(Record, RefusesFacetsThatWouldNotBeWritten) {
  struct Row {
    const char* why;
    FacetKind kind;
    const char* hex;
  };
  for (auto [why, kind, hex] : {
           Row{"two texts", FacetKind::Who, "8261616162"},
           Row{"a long integer form", FacetKind::Who,
               "83"
               "780161"
               "6162"
               "6163"},
           Row{"not UTF-8", FacetKind::Who,
               "83"
               "61ff"
               "6162"
               "6163"},
           Row{"a byte behind", FacetKind::Who,
               "83"
               "6161"
               "6162"
               "6163"
               "00"},
           Row{"an indefinite array", FacetKind::Who,
               "9f"
               "6161"
               "6162"
               "6163"
               "ff"},
           Row{"a short content root", FacetKind::What,
               "87"
               "60"
               "60"
               "60"
               "60"
               "60"
               "4101"
               "f6"},
           Row{"a result of two", FacetKind::What,
               "87"
               "60"
               "60"
               "60"
               "60"
               "60"
               "f6"
               "8200"},
           Row{"a time before 1970", FacetKind::Outcome,
               "86"
               "f4"
               "80"
               "00"
               "20"
               "60"
               "f6"},
           Row{"a time after 9999", FacetKind::Outcome,
               "86"
               "f4"
               "80"
               "00"
               "1b7fffffffffffffff"
               "60"
               "f6"},
           Row{"a huge count", FacetKind::Outcome,
               "86"
               "f4"
               "9affffffff"
               "00"
               "00"
               "60"
               "f6"},
       }) {
    auto record = small_record();
    record.facets[static_cast<std::size_t>(kind)].cbor = *from_hex(hex);
    EXPECT_FALSE(decode_record(encode_record(record))) << why;
    EXPECT_FALSE(read_contents(record)) << why;
  }
}

}  // namespace
}  // namespace vitrine::evidence
