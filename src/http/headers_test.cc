#include "http/headers.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

TEST(Headers, NamesCompareWithoutCaseAndRepeatsKeepTheirOrder) {
  Headers headers;
  headers.add("x-ms-meta-a", "1");
  headers.add("Range", "bytes=0-1");
  headers.add("X-MS-Meta-A", "2");
  EXPECT_EQ(headers.get("X-Ms-Meta-a"), "1");
  EXPECT_EQ(headers.count("x-ms-meta-a"), 2u);
  EXPECT_EQ(headers.get("x-ms-meta"), std::nullopt);
  std::string seen;
  for (auto field : headers) seen.append(field.name).append("=").append(field.value).append(";");
  EXPECT_EQ(seen, "x-ms-meta-a=1;Range=bytes=0-1;X-MS-Meta-A=2;");
}

TEST(Headers, SetReplacesEveryFieldOfThatName) {
  Headers headers;
  headers.add("ETag", "\"1\"");
  headers.add("Etag", "\"2\"");
  headers.set("etag", "\"3\"");
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers.get("ETag"), "\"3\"");
}

TEST(Headers, AnEmptyValueIsAValue) {
  Headers headers;
  headers.add("x-empty", "");
  EXPECT_EQ(headers.get("x-empty"), "");
  headers.clear();
  EXPECT_EQ(headers.get("x-empty"), std::nullopt);
}

}  // namespace
}  // namespace vitrine::http
