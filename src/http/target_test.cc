#include "http/target.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

using namespace std::string_view_literals;

std::string spell(const std::vector<QueryParameter>& query) {
  std::string text;
  for (const auto& [name, value] : query) text += name + "=" + value + ";";
  return text;
}

struct Accepted {
  std::string_view raw, host, path, query;
};
constexpr Accepted kAccepted[] = {
    {"/", "", "/", ""},
    {"/account/container/a%20b", "", "/account/container/a b", ""},
    {"/a%2Fb//c/../d", "", "/a/b//c/../d", ""},
    {"/%E2%82%AC%25", "", "/\xE2\x82\xAC%", ""},
    {"/a%01%09%1f%7F?p=%01", "", "/a\x01\t\x1f\x7f", "p=\x01;"},
    {"/a+b?q=a+b", "", "/a+b", "q=a b;"},
    {"/c?restype=container&comp=list", "", "/c", "restype=container;comp=list;"},
    {"/c?a&b=&=c&&d=e=f", "", "/c", "a=;b=;=c;d=e=f;"},
    {"/c?sig=a%2Bb%3D&sig=2", "", "/c", "sig=a+b=;sig=2;"},
    {"/c?p=/x?y", "", "/c", "p=/x?y;"},
    {"/c?", "", "/c", ""},
    {"http://account.blob.localhost:10000/c?x=1", "account.blob.localhost:10000", "/c", "x=1;"},
    {"HTTPS://host?x=1", "host", "/", "x=1;"},
    {"http://host", "host", "/", ""},
};

TEST(Target, OriginAndAbsoluteFormsAreTakenApart) {
  for (const auto& row : kAccepted) {
    SCOPED_TRACE(row.raw);
    auto target = Target::parse(row.raw);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->raw, row.raw);
    EXPECT_EQ(target->host, row.host);
    EXPECT_EQ(target->path, row.path);
    EXPECT_EQ(spell(target->query), row.query);
  }
}

constexpr std::string_view kRefused[] = {
    "",
    "*",
    "host:443",
    "container/blob",
    "ftp://host/a",
    "http:///a",
    "http://user@host/a",
    "/a%",
    "/a%2",
    "/a%2g",
    "/a%-1",
    "/%00",
    "/a%0d%0aX: y",
    "/%0a",
    "/a\x7f",
    "/a\0b"sv,
    "/a\tb",
    "/a b",
    "/a#b",
    "/a?x=%zz",
    "/a?x=%00",
    "/a?rscd=%0D%0A",
    "/a?%0a=1",
    "http://ho\x01st/",
};

TEST(Target, EverythingElseIsRefused) {
  for (auto raw : kRefused) {
    auto target = Target::parse(raw);
    ASSERT_FALSE(target) << raw;
    EXPECT_EQ(target.error().code, Code::RequestUrlFailedToParse) << raw;
  }
}

TEST(Target, RawPartsStayEncodedForSignatures) {
  auto target = Target::parse("/a%2fb?x=%41&y");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->raw_path, "/a%2fb");
  EXPECT_EQ(target->raw_query, "x=%41&y");
  EXPECT_EQ(target->parameter("x"), "A");
  EXPECT_EQ(target->parameter("y"), "");
  EXPECT_EQ(target->parameter("z"), std::nullopt);
}

TEST(Target, ParameterNamesCompareWithoutCase) {
  auto target = Target::parse("/a?ResType=container&%63OMP=list");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->parameter("restype"), "container");
  EXPECT_EQ(target->parameter("Comp"), "list");
  EXPECT_EQ(target->repeated_parameter(), std::nullopt);
  for (auto raw : {"/a?x=1&y=2&x=1", "/a?comp=1&b=2&%43OMP=2", "/a?=1&=2"})
    EXPECT_TRUE(Target::parse(raw)->repeated_parameter()) << raw;
}

}  // namespace
}  // namespace vitrine::http
