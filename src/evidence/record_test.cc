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

Digest all(std::uint8_t byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}

std::string digest_hex(const char* byte) {
  return "5820" + repeated(byte, 32);
}

// Here and below, written with the encoder of the formats' second reader, tests/evidence/independent.
TEST(Record, GoldenBytesOfWhatIsSeldomThere) {
  const auto at = from_micros(1'795'000'000'123'456);
  EXPECT_EQ(to_hex(encode(What{.service = "image",
                               .action = "image.analyse",
                               .container = "con",
                               .blob = "blob",
                               .version = "v1",
                               .content_root = all(5),
                               .result = Derivation{all(6), all(7), all(8)}})),
            "8765696d6167656d696d6167652e616e616c79736563636f6e64626c6f62627631" + digest_hex("05") + "83" +
                digest_hex("06") + digest_hex("07") + digest_hex("08"));
  EXPECT_EQ(to_hex(encode(Why{.purpose = "archive",
                              .basis = "warrant-7",
                              .decision = Decision::Permitted,
                              .policies = {"charter-1", "tenant-3"},
                              .bundle_hash = all(9),
                              .obligations = {"blur_faces"},
                              .obligations_done = {"blur_faces"},
                              .policy_epoch = 4,
                              .suspension_epoch = 2})),
            "8967617263686976656977617272616e742d37f58269636861727465722d316874656e616e742d33" +
                digest_hex("09") + "816a626c75725f6661636573816a626c75725f66616365730402");
  EXPECT_EQ(to_hex(encode(Outcome{.measure = Measure::Actual,
                                  .quantities = {{"items", 3}, {"bytes", 1'048'576}},
                                  .status = 200,
                                  .time = at,
                                  .request_id = "id",
                                  .closing = Closing{.first_index = 12, .end_state = "interrupted"}})),
            "86f58282656974656d7303826562797465731a0010000018c81b0006608b01611240626964820c6b696e746572727570"
            "746564");
}

TEST(Record, GoldenBytesOfTheStoredAndTheShownForm) {
  const auto record = small_record();
  const std::string who = "4783616161626163";
  const std::string rest =
      "82" + digest_hex("02") + "581e" + "876773746f7261676568626c6f622e67657463636f6e64" + "626c6f6260f6f6" +
      "82" + digest_hex("03") + "5838" + "896b646576656c6f706d656e7460f4816170" + digest_hex("00") +
      "80800100" + "82" + digest_hex("04") + "581a" + "86f48182656974656d73011901931b00060a24181e40006172f6";
  const auto head = "8601" + digest_hex("aa");
  EXPECT_EQ(to_hex(encode_record(record)), head + "82" + digest_hex("01") + who + rest);
  auto closed = shown(record);
  close(FacetKind::Who, closed);
  const std::string commitment = "927aed4d7fddca097942e212dcf2e80d196d8a9e1f299914dbc4166f1d83da55";
  EXPECT_EQ(to_hex(encode_shown(closed)), head + "5820" + commitment + rest);
  const auto leaf_of_both = "18860f5e0d45968acab2e7c91fce686de4df16740fb84c5391a528661074da59";
  EXPECT_EQ(to_hex(leaf(record)), leaf_of_both);
  EXPECT_EQ(to_hex(leaf(closed)), leaf_of_both);
}

TEST(Record, GoldenCommitments) {
  const char* const expected[] = {"927aed4d7fddca097942e212dcf2e80d196d8a9e1f299914dbc4166f1d83da55",
                                  "59bfeeeecae7c5bf32880c6e3cab7e0c5dc8f5931e7b4b57eb1023d390045aef",
                                  "99fbd33e0acb8230afb86638a9ff97241b9cd943ce842b5f92dccb454369103f",
                                  "8e82b4616e0b3a8ee11e23821f63bf1268da8234c82881e0b809aad60db8f0ed"};
  const auto commitments_of_record = commitments(small_record());
  for (std::size_t i = 0; i < kFacets; ++i) EXPECT_EQ(to_hex(commitments_of_record[i]), expected[i]);
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
