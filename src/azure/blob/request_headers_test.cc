#include "azure/blob/request_headers.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

http::Headers headers(const Pairs& pairs) {
  http::Headers out;
  for (auto [name, value] : pairs) out.add(name, value);
  return out;
}

TEST(RequestHeaders, Ranges) {
  struct Row {
    std::string_view text;
    std::optional<operations::AskedRange> range;
  };
  for (const auto& [text, range] : {
           Row{"bytes=0-0", operations::AskedRange{0, 0}},
           Row{"bytes=5-9", operations::AskedRange{5, 9}},
           Row{"bytes=5-", operations::AskedRange{5, {}}},
           Row{"bytes=0-18446744073709551615", operations::AskedRange{0, UINT64_MAX}},
           Row{"bytes=9-5", {}},
           Row{"bytes=-5", {}},
           Row{"bytes=", {}},
           Row{"bytes=5", {}},
           Row{"bytes=0-1,3-4", {}},
           Row{"bytes=0-18446744073709551616", {}},
           Row{"bytes= 0-1", {}},
           Row{"bytes=+0-1", {}},
           Row{"items=0-1", {}},
           Row{"", {}},
       }) {
    auto parsed = parse_range(headers({{"Range", text}}));
    EXPECT_EQ(parsed.has_value(), range.has_value()) << text;
    if (parsed) {
      EXPECT_EQ((*parsed)->first, range->first) << text;
      EXPECT_EQ((*parsed)->last, range->last) << text;
      continue;
    }
    EXPECT_EQ(parsed.error().code, Code::InvalidHeaderValue);
  }
}

TEST(RequestHeaders, TheServicesOwnRangeWins) {
  EXPECT_EQ((*parse_range(headers({{"Range", "bytes=0-1"}, {"x-ms-range", "bytes=2-3"}})))->first, 2u);
  EXPECT_FALSE(parse_range(headers({}))->has_value());
}

TEST(RequestHeaders, MetadataKeepsNamesAsSent) {
  auto metadata =
      *parse_metadata(headers({{"x-ms-meta-Zeta", "1"}, {"X-MS-META-a", "two"}, {"x-ms-date", "now"}}));
  EXPECT_EQ(metadata, (blobs::Metadata{{"Zeta", "1"}, {"a", "two"}}));
  EXPECT_EQ(parse_metadata(headers({{"x-ms-meta-", "1"}})).error().code, Code::EmptyMetadataKey);
  EXPECT_EQ(parse_metadata(headers({{"x-ms-meta-a", "1"}, {"x-ms-meta-A", "1"}})).error().code,
            Code::InvalidMetadata);
}

TEST(RequestHeaders, Conditions) {
  auto conditions = *parse_conditions(headers({{"If-Match", "\"0x1\""},
                                               {"If-None-Match", "*"},
                                               {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}));
  EXPECT_TRUE(conditions.if_match->lists(blobs::ETag::from_number(1)));
  EXPECT_TRUE(conditions.if_none_match->is_any());
  EXPECT_EQ(conditions.if_modified_since, *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"));
  EXPECT_FALSE(conditions.if_unmodified_since);
  EXPECT_EQ(parse_conditions(headers({{"If-Modified-Since", "tomorrow"}})).error().code,
            Code::InvalidHeaderValue);
  EXPECT_EQ(parse_conditions(headers({{"If-Match", ""}})).error().code, Code::InvalidHeaderValue);
}

TEST(RequestHeaders, ContentHeadersOfABlob) {
  auto sent = headers({{"x-ms-blob-content-type", "text/plain"},
                       {"Content-Type", "application/octet-stream"},
                       {"Content-Encoding", "gzip"},
                       {"x-ms-blob-cache-control", "no-store"},
                       {"x-ms-blob-content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="}});
  auto put = *parse_put_content_headers(sent);
  EXPECT_EQ(put, (blobs::ContentHeaders{"text/plain", "gzip", "", "", "no-store", crypto::Md5Digest{}}));
  auto set = *parse_blob_content_headers(sent);
  EXPECT_EQ(set, (blobs::ContentHeaders{"text/plain", "", "", "", "no-store", crypto::Md5Digest{}}));
  EXPECT_EQ(parse_blob_content_headers(headers({{"x-ms-blob-content-md5", "AAAA"}})).error().code,
            Code::InvalidMd5);
}

TEST(RequestHeaders, ContentHeadersThatNoListingCouldGiveBack) {
  for (auto name : {"x-ms-blob-content-type", "Content-Type", "x-ms-blob-cache-control", "Content-Language"})
    for (auto value : {"\xff", "a\x01", "\xef\xbf\xbe"})
      EXPECT_EQ(parse_put_content_headers(headers({{name, value}})).error().code, Code::InvalidHeaderValue)
          << name;
  EXPECT_TRUE(parse_put_content_headers(headers({{"Content-Disposition", "attachment; filename=ä.txt"}})));
}

TEST(RequestHeaders, TransferChecks) {
  auto crc = *parse_transfer_checks(headers({{"x-ms-content-crc64", "AQAAAAAAAAA="}}));
  EXPECT_EQ(crc.crc64, 1u);
  EXPECT_FALSE(crc.md5);
  auto md5 = *parse_transfer_checks(headers({{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}}));
  EXPECT_EQ(md5.md5, crypto::Md5Digest{});
  EXPECT_FALSE(md5.crc64);
}

TEST(RequestHeaders, MalformedTransferChecks) {
  struct Row {
    Pairs sent;
    Code code;
  };
  for (const auto& [sent, code] :
       {Row{{{"Content-MD5", "AAAA"}}, Code::InvalidMd5}, Row{{{"Content-MD5", "!"}}, Code::InvalidMd5},
        Row{{{"x-ms-content-crc64", "AAAA"}}, Code::InvalidHeaderValue},
        Row{{{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}, {"x-ms-content-crc64", "AQAAAAAAAAA="}},
            Code::BothCrc64AndMd5HeaderPresent}})
    EXPECT_EQ(parse_transfer_checks(headers(sent)).error().code, code);
}

TEST(RequestHeaders, ChecksumsAreWrittenAsTheyAreRead) {
  EXPECT_EQ(format_md5({}), "AAAAAAAAAAAAAAAAAAAAAA==");
  EXPECT_EQ(format_crc64(1), "AQAAAAAAAAA=");
}

TEST(RequestHeaders, Flags) {
  EXPECT_FALSE(*parse_flag(headers({}), "x-flag"));
  EXPECT_FALSE(*parse_flag(headers({{"x-flag", "False"}}), "x-flag"));
  EXPECT_TRUE(*parse_flag(headers({{"X-Flag", "true"}}), "x-flag"));
  EXPECT_FALSE(parse_flag(headers({{"x-flag", "yes"}}), "x-flag"));
}

}  // namespace
}  // namespace vitrine::azure::blob
