#include "azure/blob/snapshot_request.h"

#include <gtest/gtest.h>

#include "azure/blob/test_request.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kBlob = "/acct/con/a%20b?comp=pagelist";
constexpr std::string_view kMoment = "2026-11-22T10:30:00.1234567Z";

Result<blobs::Moment> previous(std::string_view url) {
  TestRequest test(kBlob);
  test.request.headers.add("x-ms-previous-snapshot-url", url);
  return parse_previous_snapshot(test.request, *parse_address(test.request.target, "h"));
}

TEST(SnapshotRequest, AParameterNamesTheMoment) {
  EXPECT_EQ(parse_snapshot(kMoment)->text(), kMoment);
  for (auto wrong : {"", "yesterday", "2026-11-22T10:30:00Z", "2026-11-22T10:30:00.123456Z"})
    EXPECT_EQ(parse_snapshot(wrong).error().code, Code::InvalidQueryParameterValue) << wrong;
}

TEST(SnapshotRequest, AnEmptyParameterNamesNone) {
  EXPECT_FALSE(names_snapshot(*http::Target::parse("/acct/con/b")));
  EXPECT_FALSE(names_snapshot(*http::Target::parse("/acct/con/b?snapshot=")));
  EXPECT_TRUE(names_snapshot(*http::Target::parse("/acct/con/b?Snapshot=x")));
}

TEST(SnapshotRequest, ParametersNameASnapshotOrAVersion) {
  const std::string moment(kMoment);
  const auto past = [](const std::string& query) {
    return parse_past(*http::Target::parse("/a/c/b" + query));
  };
  EXPECT_EQ(past("?snapshot=&versionid=").value(), std::nullopt);
  EXPECT_EQ(past("?snapshot=" + moment).value()->kind, blobs::PastKind::Snapshot);
  EXPECT_EQ(past("?versionid=" + moment).value()->kind, blobs::PastKind::Version);
  EXPECT_EQ(past("?versionid=" + moment).value()->moment.text(), moment);
  for (const auto& wrong : {"?versionid=x", "?snapshot=x"})
    EXPECT_EQ(past(wrong).error().code, Code::InvalidQueryParameterValue) << wrong;
  EXPECT_EQ(past("?snapshot=" + moment + "&versionid=" + moment).error().code,
            Code::InvalidQueryParameterValue);
}

TEST(SnapshotRequest, AnAddressIsOfASnapshotOfTheSameBlob) {
  const std::string query = "?snapshot=" + std::string(kMoment);
  EXPECT_EQ(previous("http://127.0.0.1:10000/acct/con/a%20b" + query)->text(), kMoment);
  EXPECT_EQ(previous("http://acct.blob.localhost/con/a%20b" + query)->text(), kMoment);
  for (const auto& wrong : {std::string(), std::string("http://h/acct/con/a%20b"),
                            "http://h/acct/con/b" + query, "http://h/acct/other/a%20b" + query,
                            "http://h/another/con/a%20b" + query, "ftp://h/acct/con/a%20b" + query,
                            std::string("http://h/acct/con/a%20b?snapshot=now"), "http://h/acct" + query})
    EXPECT_EQ(previous(wrong).error().code, Code::InvalidHeaderValue) << wrong;
}

TEST(SnapshotRequest, TheParameterIsReadFirst) {
  TestRequest test(std::string(kBlob) + "&prevsnapshot=" + std::string(kMoment));
  const auto address = *parse_address(test.request.target, "h");
  EXPECT_EQ(parse_previous_snapshot(test.request, address)->text(), kMoment);
}

}  // namespace
}  // namespace vitrine::azure::blob
