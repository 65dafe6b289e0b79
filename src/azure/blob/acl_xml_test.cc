#include "azure/blob/acl_xml.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine::azure::blob {
namespace {

std::string document(std::string_view inside) {
  return "<?xml version=\"1.0\"?><SignedIdentifiers>" + std::string(inside) + "</SignedIdentifiers>";
}

std::string policy(std::string_view id, std::string_view terms = "") {
  return "<SignedIdentifier><Id>" + std::string(id) + "</Id><AccessPolicy>" + std::string(terms) +
         "</AccessPolicy></SignedIdentifier>";
}

TEST(Acl, PoliciesAreReadAndWritten) {
  EXPECT_TRUE(parse_policies("")->empty());
  EXPECT_TRUE(parse_policies(document(""))->empty());
  const auto policies = *parse_policies(document(
      policy("a&amp;b",
             "<Start>2026-01-02</Start><Expiry>2027-01-02T03:04Z</Expiry><Permission>rl</Permission>") +
      policy("empty", "<Start /><Expiry />")));
  const std::vector<identity::StoredPolicy> expected{
      {"a&b", "2026-01-02T00:00:00.0000000Z", "2027-01-02T03:04:00.0000000Z", "rl"}, {"empty", "", "", ""}};
  EXPECT_EQ(policies, expected);
  EXPECT_EQ(*parse_policies(write_policies(policies)), policies);
}

TEST(Acl, WrongDocumentsAreRefused) {
  struct Row {
    std::string xml;
    Code code;
  };
  std::string six;
  for (auto id : {"1", "2", "3", "4", "5", "6"}) six += policy(id);
  for (const auto& [xml, code] : {
           Row{"<Identifiers/>", Code::InvalidXmlDocument},
           Row{"<SignedIdentifiers>", Code::InvalidXmlDocument},
           Row{document("text"), Code::InvalidXmlDocument},
           Row{document("<Other/>"), Code::InvalidXmlDocument},
           Row{document(six), Code::InvalidXmlDocument},
           Row{document(policy("a") + policy("a")), Code::InvalidXmlDocument},
           Row{document(policy("")), Code::InvalidXmlNodeValue},
           Row{document(policy(std::string(65, 'a'))), Code::InvalidXmlNodeValue},
           Row{document(policy("a", "<Start>tomorrow</Start>")), Code::InvalidXmlNodeValue},
           Row{document(policy("a", "<Expiry>2026</Expiry>")), Code::InvalidXmlNodeValue},
           Row{document(policy("a", "<Permission>z</Permission>")), Code::InvalidXmlNodeValue},
       }) {
    auto parsed = parse_policies(xml);
    ASSERT_FALSE(parsed) << xml;
    EXPECT_EQ(parsed.error().code, code) << xml;
  }
}

TEST(Acl, ThePublicLevelIsAWord) {
  http::Headers headers;
  EXPECT_EQ(*parse_public_access(headers), blobs::PublicAccess::None);
  for (auto [text, level] : {std::pair{"blob", blobs::PublicAccess::Blobs},
                             {"Container", blobs::PublicAccess::Container},
                             {"", blobs::PublicAccess::None}}) {
    headers.set("x-ms-blob-public-access", text);
    EXPECT_EQ(*parse_public_access(headers), level) << text;
  }
  headers.set("x-ms-blob-public-access", "true");
  EXPECT_EQ(parse_public_access(headers).error().code, Code::InvalidHeaderValue);
}

}  // namespace
}  // namespace vitrine::azure::blob
