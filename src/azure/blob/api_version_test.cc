#include "azure/blob/api_version.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

http::Headers with(std::string_view version) {
  http::Headers headers;
  headers.add("x-ms-version", version);
  return headers;
}

TEST(ApiVersion, EveryDateIsTakenAndRepeated) {
  for (std::string_view version : {"2009-09-19", "2021-12-02", "2026-10-06", "2031-01-01"}) {
    auto headers = with(version);
    EXPECT_TRUE(check_version(headers)) << version;
    EXPECT_EQ(version_to_answer(headers), version);
  }
}

TEST(ApiVersion, AnythingElseIsRefused) {
  for (auto version : {"", "new", "2021-12-2", "2021-12-020", "2021/12/02", "2021-12-0a"}) {
    auto headers = with(version);
    EXPECT_EQ(check_version(headers).error().code, Code::InvalidHeaderValue) << version;
    EXPECT_EQ(version_to_answer(headers), kNewestVersion);
  }
}

TEST(ApiVersion, NoneIsTheNewest) {
  EXPECT_TRUE(check_version({}));
  EXPECT_EQ(version_to_answer({}), kNewestVersion);
}

}  // namespace
}  // namespace vitrine::azure::blob
