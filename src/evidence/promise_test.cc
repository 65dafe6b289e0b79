#include "evidence/promise.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/cbor.h"
#include "base/encoding.h"
#include "evidence/promise_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

constexpr std::uint64_t kDue = 5;

Digest digest_of(std::uint8_t byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}

std::string hex32(const char* byte) {
  std::string out = "5820";
  for (int i = 0; i < 32; ++i) out += byte;
  return out;
}

Promise small_promise() {
  Promise promise{.round = {.origin = "l/o",
                            .root = digest_of(0x11),
                            .size = 3,
                            .time = Seconds{std::chrono::seconds{1000}},
                            .seal = 24},
                  .key_id = 0x01020304,
                  .signature = {},
                  .record = {{digest_of(0x22)}, 500, digest_of(0x33)},
                  .position = 2,
                  .path = {digest_of(0x44)}};
  promise.signature.fill(0x55);
  return promise;
}

// The bytes written out by hand from RFC 8949: no encoder of ours made them.
const std::string kStatement =
    "86"
    "781c"
    "76697472696e652d70726f6d6973652d73746174656d656e742d7631"
    "636c2f6f" +
    hex32("11") + "03" + "1903e8" + "1818";

std::string small_hex() {
  std::string signature = "5840";
  for (int i = 0; i < 64; ++i) signature += "55";
  return "88"
         "6f"
         "76697472696e652d70726f6d697365"
         "01" +
         kStatement + "1a01020304" + signature + "83" + hex32("22") + "1901f4" + hex32("33") + "02" + "81" +
         hex32("44");
}

TEST(Promise, GoldenBytes) {
  EXPECT_EQ(to_hex(encode(small_promise().round)), kStatement);
  EXPECT_EQ(to_hex(encode_promise(small_promise())), small_hex());
  EXPECT_EQ(*decode_promise(*from_hex(small_hex())), small_promise());
  auto leaf = from_hex("84" + std::string("781a") + "76697472696e652d70726f6d697365642d7265636f72642d7631" +
                       hex32("22") + "1901f4" + hex32("33"));
  EXPECT_EQ(promised_leaf(small_promise().record), tlog::leaf_hash(*leaf));
}

TEST(Promise, ATextIsBase64AndNothingElse) {
  const auto text = promise_text(small_promise());
  EXPECT_EQ(*parse_promise(text), small_promise());
  EXPECT_EQ(*parse_promise("  " + text + "\r\n"), small_promise());
  for (const auto& bad : {std::string(), std::string("\n"), text + "=", text.substr(1), "x" + text,
                          std::string(10'000, 'A'), text.substr(0, 8) + "\n" + text.substr(8)})
    EXPECT_FALSE(parse_promise(bad)) << bad.substr(0, 20);
}

TEST(Promise, IsReadStrictly) {
  const auto hex = small_hex();
  const auto without_last_digest = hex.substr(0, hex.size() - hex32("44").size());
  struct Row {
    const char* why;
    std::string hex;
  };
  std::string long_path = hex.substr(0, hex.size() - hex32("44").size() - 2) + "9841";
  for (int i = 0; i < 65; ++i) long_path += hex32("44");
  auto replaced = [&](const std::string& what, const std::string& by) {
    auto out = hex;
    return out.replace(out.find(what), what.size(), by);
  };
  for (const auto& [why, bytes] : {
           Row{"nothing", ""},
           Row{"a byte behind", hex + "00"},
           Row{"cut", hex.substr(0, hex.size() - 2)},
           Row{"a digest less", without_last_digest},
           Row{"an item less", "87" + hex.substr(2)},
           Row{"another kind", replaced("76697472696e652d70726f6d697365", "56697472696e652d70726f6d697365")},
           Row{"another version", replaced("65"
                                           "01"
                                           "86",
                                           "65"
                                           "02"
                                           "86")},
           Row{"another domain", replaced("2d7631636c2f6f", "2d7632636c2f6f")},
           Row{"a time before 1970", replaced("1903e8", "3903e8")},
           Row{"a number not in its shortest form", replaced("1818", "190018")},
           Row{"a key id of five bytes", replaced("1a01020304", "1b0000000101020304")},
           Row{"a short signature", replaced("584055", "583f")},
           Row{"a path of 65 digests", long_path},
           Row{"an origin that is no UTF-8", replaced("636c2f6f", "63ff2f6f")},
       })
    EXPECT_FALSE(decode_promise(*from_hex(bytes))) << why;
}

struct Sample {
  SampleLog log = sample_log();
  Promise promise = log.promise(1, {2, 3, 4}, 1, kDue);

  [[nodiscard]] std::string failed_check(const Promise& changed,
                                         const std::optional<std::string_view>& receipt = {}) const {
    auto verification = verify_promise(promise_text(changed), log.key(), receipt);
    return verification.failure() ? verification.failure()->name : "";
  }
};

TEST(Promise, OneSignatureServesTheWholeRound) {
  const Sample sample;
  std::vector<std::uint64_t> all;
  for (std::uint64_t size = 1; size <= 7; ++size) {
    all.push_back(size - 1);
    for (std::size_t which = 0; which < size; ++which) {
      const auto promise = sample.log.promise(1, all, which, kDue);
      EXPECT_EQ(promise.round.size, size);
      EXPECT_EQ(promise.signature, sample.log.promise(1, all, 0, kDue).signature);
      EXPECT_EQ(sample.failed_check(promise), "");
    }
  }
}

TEST(Promise, EveryFieldThatIsChangedIsFound) {
  struct Row {
    const char* check;
    std::function<void(Promise&)> change;
  };
  const Sample sample;
  for (const auto& [check, change] : {
           Row{"log", [](Promise& p) { p.round.origin = "log.example/other"; }},
           Row{"log", [](Promise& p) { p.round.root[0] ^= 1; }},
           Row{"log", [](Promise& p) { ++p.round.size; }},
           Row{"log", [](Promise& p) { p.round.time += std::chrono::seconds(1); }},
           Row{"log", [](Promise& p) { --p.round.seal; }},
           Row{"log", [](Promise& p) { ++p.key_id; }},
           Row{"log", [](Promise& p) { p.signature[63] ^= 1; }},
           Row{"round", [](Promise& p) { p.record.journal.bytes[31] ^= 1; }},
           Row{"round", [](Promise& p) { ++p.record.index; }},
           Row{"round", [](Promise& p) { p.record.leaf[5] ^= 1; }},
           Row{"round", [](Promise& p) { --p.position; }},
           Row{"round", [](Promise& p) { p.position = 3; }},
           Row{"round", [](Promise& p) { p.path[0][0] ^= 1; }},
           Row{"round", [](Promise& p) { p.path.pop_back(); }},
           Row{"round", [](Promise& p) { p.path.push_back({}); }},
       }) {
    auto changed = sample.promise;
    change(changed);
    EXPECT_EQ(sample.failed_check(changed), check);
  }
  EXPECT_EQ(sample.failed_check(sample.promise), "");
}

TEST(Promise, AnotherLogsKeyDoesNotVerifyIt) {
  const Sample sample;
  const auto other = crypto::SigningKey::from_seed({9});
  const auto key = *tlog::NoteKey::make("log.example/sample", other.public_key());
  const auto verification = verify_promise(promise_text(sample.promise), key);
  ASSERT_TRUE(verification.failure());
  EXPECT_EQ(verification.failure()->name, "log");
  const auto signer = fmt::format("log 'log.example/sample' with key id {:08x}", sample.log.key().id());
  EXPECT_TRUE(verification.failure()->sentence.contains(signer)) << verification.failure()->sentence;
}

TEST(Promise, ASealedReceiptShowsItKept) {
  Sample sample;
  for (auto due : {kDue, kDue + 7, kDue - 2}) {
    sample.promise = sample.log.promise(1, {2, 3, 4}, 1, due);
    const auto receipt = *write_receipt(sample.log.receipt(1, 3));
    const auto verification = verify_promise(promise_text(sample.promise), sample.log.key(), receipt);
    ASSERT_TRUE(verification.verified()) << report_as_text(verification);
    const auto text = report_as_text(verification);
    EXPECT_EQ(text.contains("cannot show that seal 3, which was promised, had it already"), due < kDue)
        << text;
    EXPECT_EQ(text.ends_with("This promise is verified.\n"), due >= kDue) << text;
  }
}

TEST(Promise, AloneIsSaidToBeSignedAndNoMore) {
  const Sample sample;
  const auto verification = verify_promise(promise_text(sample.promise), sample.log.key());
  ASSERT_TRUE(verification.verified());
  EXPECT_TRUE(verification.conclusion().contains("Whether it was kept was not asked: give --receipt"));
  EXPECT_TRUE(report_as_text(verification).ends_with(verification.conclusion() + "\n"));
}

TEST(Promise, OneThatWasCutOffIsCalledSo) {
  const Sample sample;
  const auto whole = promise_text(sample.promise);
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto cut = verify_promise(whole.substr(0, length), sample.log.key());
    ASSERT_TRUE(cut.failure());
    EXPECT_TRUE(cut.failure()->sentence.contains("cut off")) << cut.failure()->sentence;
  }
}

/// The same log as the sample, but for what it did with the account's fourth record.
SampleLog dishonest_log(bool keeps_a_fourth) {
  SampleLog log;
  log.create_account("first");
  log.seal();
  log.create_account("second");
  log.create_account("third");
  for (std::uint64_t n = 0; n < (keeps_a_fourth ? 7u : 3u); ++n) {
    log.record(1, sample_contents(n == 3 ? 1000 : n));
    if (n % 2 == 0) log.seal();
  }
  while (log.last_seal().number < kDue) log.seal();
  return log;
}

TEST(Promise, ARecordThatWasReplacedBreaksIt) {
  const Sample sample;
  auto log = dishonest_log(true);
  const auto receipt = *write_receipt(log.receipt(1, 3));
  ASSERT_TRUE(verify_receipt(receipt, log.key()).verified()) << "the log shows itself in order";
  const auto verification = verify_promise(promise_text(sample.promise), log.key(), receipt);
  ASSERT_TRUE(verification.failure());
  EXPECT_EQ(verification.failure()->name, "kept");
  EXPECT_TRUE(verification.failure()->sentence.contains("BROKEN")) << verification.failure()->sentence;
}

TEST(Promise, ARecordThatIsMissingFromTheSealBreaksIt) {
  const Sample sample;
  auto log = dishonest_log(false);
  const auto receipt = *write_receipt(log.receipt(1, 2));
  EXPECT_EQ(sample.failed_check(sample.promise, receipt), "kept");
  const auto later = sample.log.promise(1, {2, 3, 4}, 1, kDue + 1);
  EXPECT_EQ(sample.failed_check(later, receipt), "record") << "it is not due yet";
}

TEST(Promise, AReceiptOfSomethingElseSaysNothing) {
  Sample sample;
  const auto another_record = *write_receipt(sample.log.receipt(1, 2));
  EXPECT_EQ(sample.failed_check(sample.promise, another_record), "record");
  sample.log.record(2, sample_contents(0));
  sample.log.seal();
  const auto another_journal = *write_receipt(sample.log.receipt(2, 0));
  EXPECT_EQ(sample.failed_check(sample.promise, another_journal), "record");
  EXPECT_EQ(sample.failed_check(sample.promise, "{}"), "receipt");
}

}  // namespace
}  // namespace vitrine::evidence
