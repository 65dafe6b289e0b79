#include "tlog/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine::tlog {
namespace {

const std::string kRoot = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

TEST(Checkpoint, TheSpecificationsExampleRoundTrips) {
  auto text = "example.com/behind-the-sofa\n20852163\n" + kRoot + "\n";
  auto checkpoint = Checkpoint::parse(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163u);
  EXPECT_EQ(checkpoint->text(), text);
  auto extended = Checkpoint::parse(text + "one\ntwo\n");
  ASSERT_TRUE(extended);
  EXPECT_EQ(extended->extensions, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(extended->text(), text + "one\ntwo\n");
}

TEST(Checkpoint, RefusesEveryOtherForm) {
  for (const auto& text : {std::string(), std::string("a\n"), "a\n1\n" + kRoot, "\n1\n" + kRoot + "\n",
                           "a\n01\n" + kRoot + "\n", "a\n-1\n" + kRoot + "\n", "a\n+1\n" + kRoot + "\n",
                           "a\n1 \n" + kRoot + "\n", "a\n18446744073709551616\n" + kRoot + "\n",
                           "a\n\n" + kRoot + "\n", std::string("a\n1\nAAAA\n"), "a\n1\n" + kRoot + " \n",
                           "a\n1\n" + kRoot + "\n\n", "a\n1\n" + kRoot + "\n\nx\n", "a\n1\n" + kRoot + "\nx"})
    EXPECT_FALSE(Checkpoint::parse(text)) << text;
}

TEST(Checkpoint, OpensOnlyUnderItsOwnName) {
  auto signing_key = crypto::SigningKey::from_seed(crypto::Ed25519Seed{5});
  auto ours = *NoteKey::make("log.example", signing_key.public_key());
  auto theirs = *NoteKey::make("other.example", signing_key.public_key());
  Checkpoint checkpoint{"log.example", 3, empty_root(), {}};
  auto document = sign_checkpoint(checkpoint, ours, signing_key);
  ASSERT_TRUE(document);
  EXPECT_EQ(open_checkpoint(*document, ours)->size, 3u);
  EXPECT_EQ(open_checkpoint(*document, theirs).error().code, Code::VerificationFailed);
  EXPECT_EQ(sign_checkpoint(checkpoint, theirs, signing_key).error().code, Code::InvalidInput);

  auto text = checkpoint.text();
  auto misnamed = Note{text, {sign_note(text, theirs, signing_key)}}.document();
  EXPECT_EQ(open_checkpoint(misnamed, theirs).error().code, Code::VerificationFailed);
}

}  // namespace
}  // namespace vitrine::tlog
