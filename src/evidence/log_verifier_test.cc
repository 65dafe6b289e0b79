#include "evidence/log_verifier.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/dishonest_operator.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

using Files = SampleLog::Files;

ReadLogFile reader(const Files& files) {
  return [&files](const std::string& path) -> Result<Bytes> {
    auto found = files.find(path);
    if (found == files.end()) return fail(Code::ResourceNotFound, path + " is missing.");
    return found->second;
  };
}

/// Entries in all: `seals` and one account.
SampleLog log_of(std::uint64_t seals) {
  SampleLog log;
  log.create_account("only");
  for (std::uint64_t n = 0; n < seals; ++n) log.seal();
  return log;
}

TEST(LogVerifier, VerifiesLogsOfAllShapes) {
  for (std::uint64_t seals : {0u, 1u, 254u, 255u, 256u, 600u}) {
    auto log = log_of(seals);
    auto verification = verify_log(reader(log.files()), log.key());
    EXPECT_TRUE(verification.verified()) << seals << '\n' << report_as_text(verification);
  }
  auto log = sample_log();
  EXPECT_TRUE(verify_log(reader(log.files()), log.key()).verified());
  SampleLog empty;
  EXPECT_TRUE(verify_log(reader(empty.files()), empty.key()).verified());
}

TEST(LogVerifier, ASecondLevelOfFullTilesVerifies) {
  auto log = log_of(65540);
  auto files = log.files();
  ASSERT_TRUE(files.contains("tile/1/000"));
  auto verification = verify_log(reader(files), log.key());
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);

  files["tile/1/000"][32 * 77] ^= 1;
  auto failed = verify_log(reader(files), log.key());
  ASSERT_NE(failed.failure(), nullptr);
  EXPECT_EQ(failed.failure()->place, "tile/1/000, hash 77, byte 2464");
}

TEST(LogVerifier, EveryChangedByteOfEveryFileFailsAndNamesTheFile) {
  auto log = sample_log();
  auto files = log.files();
  for (const auto& [path, bytes] : Files(files))
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      files[path][at] ^= 1;
      auto verification = verify_log(reader(files), log.key());
      ASSERT_NE(verification.failure(), nullptr) << path << ", byte " << at;
      // A changed entry shows where the tile's hash no longer fits.
      auto place = path.starts_with("tile/entries/") ? std::string("tile/") : path;
      EXPECT_TRUE(verification.failure()->place.starts_with(place)) << verification.failure()->place;
      files[path][at] ^= 1;
    }
  EXPECT_TRUE(verify_log(reader(files), log.key()).verified());
}

TEST(LogVerifier, EveryMissingFileIsNamed) {
  auto log = log_of(300);
  for (const auto& [path, bytes] : log.files()) {
    auto files = log.files();
    files.erase(path);
    auto verification = verify_log(reader(files), log.key());
    ASSERT_NE(verification.failure(), nullptr) << path;
    EXPECT_EQ(verification.failure()->place, path);
  }
}

TEST(LogVerifier, TheFullFileStandsInForAPartialOneThatIsGone) {
  auto log = log_of(99);
  auto old_checkpoint = log.files().at("checkpoint");
  for (int n = 0; n < 300; ++n) log.seal();
  auto files = log.files();
  files["checkpoint"] = old_checkpoint;
  auto verification = verify_log(reader(files), log.key());
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);
}

TEST(LogVerifier, ComparesWithAnEarlierCheckpoint) {
  auto log = log_of(300);
  auto files = log.files();
  for (std::uint64_t seals : {0u, 1u, 255u, 300u}) {
    auto verification = verify_log(reader(files), log.key(), log_of(seals).checkpoint());
    EXPECT_TRUE(verification.verified()) << seals << '\n' << report_as_text(verification);
  }
  EXPECT_TRUE(verify_log(reader(files), log.key(), SampleLog().checkpoint()).verified());

  auto longer = verify_log(reader(files), log.key(), log_of(301).checkpoint());
  ASSERT_NE(longer.failure(), nullptr);
  EXPECT_EQ(longer.failure()->name, "earlier checkpoint");

  auto other = verify_log(reader(files), log.key(), sample_log().checkpoint());
  ASSERT_NE(other.failure(), nullptr);
  EXPECT_EQ(other.failure()->name, "history");

  auto forged = log_of(5).checkpoint();
  forged[forged.size() - 10] ^= 1;
  EXPECT_EQ(verify_log(reader(files), log.key(), forged).failure()->name, "earlier checkpoint");
}

TEST(LogVerifier, AnOperatorWhoSignsABrokenHistoryIsFoundOut) {
  struct Row {
    const char* what;
    PublicEntry entry;
    const char* sentence;
  };
  auto log = log_of(3);
  auto next = log.last_seal();
  next.number = 5;
  next.previous = seal_hash(log.last_seal());
  for (const auto& row :
       {Row{"a gap", next, "seals are missing"},
        Row{"a repeated seal", log.last_seal(), "seals are missing or repeated"},
        Row{"a slot given twice", AccountCreated{0, {}}, "slot is skipped or given twice"}}) {
    auto broken = log_of(3);
    broken.publish(row.entry);
    auto files = broken.files();
    auto verification = verify_log(reader(files), broken.key());
    ASSERT_NE(verification.failure(), nullptr) << row.what;
    EXPECT_EQ(verification.failure()->name, "entries");
    EXPECT_NE(verification.failure()->sentence.find(row.sentence), std::string::npos)
        << verification.failure()->sentence;
    EXPECT_TRUE(verification.failure()->place.starts_with("tile/entries/000.p/5, entry 4, byte "))
        << verification.failure()->place;
  }
}

TEST(LogVerifier, SaysWhatWasLostAndHowOftenTheServerDidNotStopInOrder) {
  DishonestOperator log{sample_log()};
  const auto last = log.last_seal();
  log.publish(Restart{last.time, last.number, false});
  log.publish(log.approved_loss({.slot = 2, .size = 0, .reason = "flood", .time = last.time}));
  log.publish(log.approved_loss({.slot = 1, .size = 7, .root = last.heads_root, .time = last.time}));
  const auto files = log.files();
  const auto verification = verify_log(reader(files), log.key());
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  const auto text = report_as_text(verification);
  for (const auto* line :
       {"restarts                  2\n", "unclean stops             1\n", "losses                    2\n",
        "loss:\n", "  slot                    2\n", "  records left            7\n",
        "  reason                  flood\n", "  reason                  fire\n",
        "  time                    2026-11-18T11:06:45Z\n"})
    EXPECT_TRUE(text.contains(line)) << line << text;
  const auto approver = to_hex(crypto::sha256(crypto::SigningKey::from_seed({1}).public_key()));
  EXPECT_TRUE(text.contains("  second approver         " + approver)) << text;

  const auto report = boost::json::parse(report_as_json(verification));
  const auto& statements = report.at("statements").as_array();
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[1].at("kind"), "loss");
  const auto& facts = statements[1].at("facts");
  EXPECT_EQ(facts.at("slot"), "1");
  EXPECT_EQ(facts.at("records left"), "7");
  EXPECT_EQ(facts.at("root").as_string(), to_hex(last.heads_root));
  EXPECT_EQ(facts.at("second approver").as_string(), approver);
}

TEST(LogVerifier, TheFirstStartOfALogIsNoUncleanStop) {
  SampleLog log;
  log.publish(Restart{SampleLog::kStart, 0, false});
  log.seal();
  const auto files = log.files();
  const auto text = report_as_text(verify_log(reader(files), log.key()));
  EXPECT_TRUE(text.contains("unclean stops             0\n")) << text;
}

TEST(LogVerifier, EntriesAndTilesOfAnotherLogDoNotPassForTheSignedOnes) {
  auto log = log_of(3);
  SampleLog other;
  for (int n = 0; n < 4; ++n) other.create_account("account");
  auto files = other.files();
  files["checkpoint"] = log.files().at("checkpoint");
  auto verification = verify_log(reader(files), log.key());
  ASSERT_NE(verification.failure(), nullptr);
  EXPECT_EQ(verification.failure()->name, "root");
}

TEST(LogVerifier, AReadErrorEndsIt) {
  auto log = log_of(3);
  auto files = log.files();
  auto verification = verify_log(
      [&](const std::string& path) -> Result<Bytes> {
        if (path == "checkpoint") return files.at(path);
        return fail(Code::DeviceFailed, "The disk does not answer.");
      },
      log.key());
  ASSERT_NE(verification.failure(), nullptr);
  EXPECT_EQ(verification.failure()->name, "files");
  EXPECT_EQ(verification.failure()->sentence, "The disk does not answer.");
}

TEST(VerifyReport, ATerminalDoesNotObeyTheEvidence) {
  Verification verification("log", {"one"});
  verification.fail("\x1b[2J\nall is well", "a\tb");
  auto text = report_as_text(verification);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_NE(text.find("?[2J?all is well"), text.npos);
  EXPECT_NE(text.find("NOT verified"), text.npos);
}

}  // namespace
}  // namespace vitrine::evidence
