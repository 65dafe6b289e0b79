#include "identity/names.h"

#include <gtest/gtest.h>

namespace vitrine::identity {
namespace {

TEST(Names, Accounts) {
  for (auto text : {"abc", "devstoreaccount1", "0123456789abcdefghijklmn"})
    EXPECT_TRUE(AccountName::parse(text)) << text;
  for (auto text :
       {"", "ab", "0123456789abcdefghijklmno", "Abc", "a-b", "a b", "acc%41", "../x", "konto\xc3\xa9"})
    EXPECT_FALSE(AccountName::parse(text)) << text;
}

TEST(Names, PurposesKeysAndOrganisations) {
  for (auto text : {"a", "key1", "public-records-release", "2026"})
    EXPECT_TRUE(PurposeId::parse(text)) << text;
  for (auto text : {"", "-a", "a-", "a--b", "A", "a_b", "a\n"}) EXPECT_FALSE(PurposeId::parse(text)) << text;
  EXPECT_TRUE(KeyName::parse(std::string(64, 'k')));
  EXPECT_FALSE(KeyName::parse(std::string(65, 'k')));
}

TEST(Names, AnErrorSaysWhatIsAllowed) {
  EXPECT_EQ(AccountName::parse("A").error().code, Code::InvalidResourceName);
  EXPECT_NE(PurposeId::parse("Mass Surveillance").error().message.find("lower-case"), std::string::npos);
}

}  // namespace
}  // namespace vitrine::identity
