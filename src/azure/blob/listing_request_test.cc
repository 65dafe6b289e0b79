#include "azure/blob/listing_request.h"

#include <gtest/gtest.h>

#include "azure/blob/test_request.h"

namespace vitrine::azure::blob {
namespace {

Result<AskedListing> parse(std::string_view target, std::string_view host = "127.0.0.1:10000") {
  TestRequest test(target);
  test.request.headers.add("Host", host);
  return parse_listing(test.request, *parse_address(test.request.target, host));
}

TEST(ListingRequest, APageHasABound) {
  struct Row {
    std::string_view query;
    std::optional<std::size_t> repeated;
    std::size_t most;
  };
  for (auto [query, repeated, most] : {
           Row{"", std::nullopt, 5000},
           Row{"&maxresults=1", 1, 1},
           Row{"&maxresults=5000", 5000, 5000},
           Row{"&maxresults=5001", 5001, 5000},
           Row{"&maxresults=18446744073709551615", SIZE_MAX, 5000},
       }) {
    auto asked = *parse("/acct/con?comp=list" + std::string(query));
    EXPECT_EQ(asked.request.most, repeated) << query;
    EXPECT_EQ(asked.most, most) << query;
  }
}

TEST(ListingRequest, BadNumbersAndIncludes) {
  for (auto [target, code] : {
           std::pair{"/acct?maxresults=0", Code::OutOfRangeQueryParameterValue},
           {"/acct?maxresults=", Code::InvalidQueryParameterValue},
           {"/acct?maxresults=18446744073709551616", Code::InvalidQueryParameterValue},
           {"/acct?maxresults=1x", Code::InvalidQueryParameterValue},
           {"/acct?include=versions", Code::InvalidQueryParameterValue},
           {"/acct/con/?restype=container&include=system", Code::InvalidQueryParameterValue},
       })
    EXPECT_EQ(parse(target).error().code, code) << target;
}

TEST(ListingRequest, IncludesMayBeJoinedOrRepeated) {
  for (auto query : {"include=metadata,uncommittedblobs", "Include=Metadata,UncommittedBlobs",
                     "include=,metadata,,snapshots,uncommittedblobs"}) {
    auto asked = *parse("/acct/con?restype=container&" + std::string(query));
    EXPECT_TRUE(asked.request.include_metadata) << query;
    EXPECT_TRUE(asked.include_uncommitted) << query;
  }
  auto plain = *parse("/acct/con?restype=container&include=deleted");
  EXPECT_FALSE(plain.request.include_metadata || plain.include_uncommitted || plain.also.snapshots);
}

TEST(ListingRequest, SnapshotsAreListedFlatAndByHierarchy) {
  EXPECT_TRUE(parse("/acct/con?restype=container&include=snapshots")->also.snapshots);
  EXPECT_TRUE(parse("/acct/con?restype=container&include=Snapshots&delimiter=/")->also.snapshots);
}

TEST(ListingRequest, TheEndpointIsWhatTheClientWrote) {
  for (auto [target, host, endpoint] : {
           std::tuple{"/acct?comp=list", "127.0.0.1:10000", "http://127.0.0.1:10000/acct/"},
           {"/acct-secondary?comp=list", "store:1", "http://store:1/acct-secondary/"},
           {"/?comp=list", "acct.blob.localhost:10000", "http://acct.blob.localhost:10000/"},
       })
    EXPECT_EQ(parse(target, host)->request.service_endpoint, endpoint);
}

}  // namespace
}  // namespace vitrine::azure::blob
