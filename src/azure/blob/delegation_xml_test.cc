#include "azure/blob/delegation_xml.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

const Timestamp kNow = *parse_iso8601("2026-11-23T10:00:00.5Z");

Result<identity::DelegationTerms> parse(std::string_view inside) {
  return parse_key_info("<KeyInfo>" + std::string(inside) + "</KeyInfo>", kNow);
}

TEST(KeyInfo, SaysFromWhenAndUntilWhen) {
  auto terms = *parse(
      "<Start>2026-11-23T09:00:00.1234567Z</Start><Expiry>2026-11-30T10:00:00Z</Expiry>"
      "<DelegatedUserTid>t-1</DelegatedUserTid>");
  EXPECT_EQ(terms.key_start, "2026-11-23T09:00:00Z");
  EXPECT_EQ(terms.key_expiry, "2026-11-30T10:00:00Z");
  EXPECT_EQ(terms.key_service, "b");
  EXPECT_EQ(terms.delegated_tenant, "t-1");
  EXPECT_EQ(parse("<Expiry>2026-11-24</Expiry>")->key_start, "2026-11-23T10:00:00Z") << "from now on";
}

TEST(KeyInfo, WrongOnesAreRefused) {
  for (auto inside : {"", "<Expiry>soon</Expiry>", "<Start>now</Start><Expiry>2026-11-24</Expiry>",
                      "<Expiry>2026-11-23T10:00:00Z</Expiry>", "<Expiry>2026-11-30T10:00:01Z</Expiry>",
                      "<Start>2026-11-25</Start><Expiry>2026-11-24</Expiry>",
                      "<Expiry>2026-11-24</Expiry><DelegatedUserTid>a b</DelegatedUserTid>"}) {
    auto terms = parse(inside);
    ASSERT_FALSE(terms) << inside;
    EXPECT_EQ(terms.error().code, Code::InvalidXmlNodeValue) << inside;
  }
  EXPECT_EQ(parse_key_info("", kNow).error().code, Code::InvalidXmlDocument);
  EXPECT_EQ(parse_key_info("<Key/>", kNow).error().code, Code::InvalidXmlDocument);
}

TEST(KeyInfo, TheAnswerNamesEverythingThatASasHasToName) {
  const identity::DelegationTerms terms{"o", "t", "S", "E", "b", "2026-10-06", "d"};
  EXPECT_TRUE(write_delegation_key(terms, {}).ends_with(
      "<UserDelegationKey><SignedOid>o</SignedOid><SignedTid>t</SignedTid><SignedStart>S</SignedStart>"
      "<SignedExpiry>E</SignedExpiry><SignedService>b</SignedService><SignedVersion>2026-10-06</"
      "SignedVersion>"
      "<SignedDelegatedUserTid>d</SignedDelegatedUserTid>"
      "<Value>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</Value></UserDelegationKey>"));
}

}  // namespace
}  // namespace vitrine::azure::blob
