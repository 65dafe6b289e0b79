#include "azure/blob/copy_request.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

Result<SourceAddress> parse(std::string_view text) {
  http::Headers headers;
  headers.add("x-ms-copy-source", text);
  return parse_source_address(headers);
}

TEST(SourceAddress, IsAWholeAddress) {
  for (const auto* text :
       {"", "/acct/c/b", "acct/c/b", "ftp://h/acct/c/b", "http:///acct/c/b", "http://user@h/acct/c/b",
        "http://h/a b", "http://h/a%zz", "http://h/a?sig=1&sig=2"})
    EXPECT_FALSE(parse(text)) << text;
  EXPECT_EQ(parse_source_address({}).error().code, Code::MissingRequiredHeader);
  EXPECT_EQ(parse("/acct/c/b").error().code, Code::InvalidHeaderValue);
}

TEST(SourceAddress, IsToldWithoutWhatSignsIt) {
  EXPECT_EQ(parse("http://h:1/a/c/b%20d?sv=1&sig=secret&snapshot=2026-01-01T00:00:00.0000000Z&sp=r")->told,
            "http://h:1/a/c/b%20d?snapshot=2026-01-01T00:00:00.0000000Z");
  EXPECT_EQ(parse("HTTPS://h/a/c/b?sig=secret")->told, "https://h/a/c/b");
}

TEST(SourceAddress, IsOfThisServerWhenNameAndPortAre) {
  struct Row {
    const char *source, *host;
    bool secure, own;
  };
  const Row rows[] = {{"http://127.0.0.1:10000/a/c/b", "127.0.0.1:10000", false, true},
                      {"http://localhost:10000/a/c/b", "127.0.0.1:10000", false, true},
                      {"http://[::1]:10000/a/c/b", "localhost:10000", false, true},
                      {"http://x.blob.localhost:10000/c/b", "y.blob.localhost:10000", false, true},
                      {"http://x.blob.localhost:10000/c/b", "127.0.0.1:10000", false, true},
                      {"http://Store.example/a/c/b", "store.example", false, true},
                      {"https://store.example/a/c/b", "store.example:443", false, true},
                      {"http://store.example:80/a/c/b", "store.example", false, true},
                      {"http://127.0.0.1:10001/a/c/b", "127.0.0.1:10000", false, false},
                      {"http://store.example/a/c/b", "store.example", true, false},
                      {"http://store.example.evil/a/c/b", "store.example", false, false},
                      {"http://evil/a/c/b", "store.example", false, false},
                      {"http://127.0.0.1:/a/c/b", "127.0.0.1:", false, false},
                      {"http://169.254.169.254/a/c/b", "127.0.0.1", false, false}};
  for (const auto& row : rows)
    EXPECT_EQ(is_own(parse(row.source).value(), row.host, row.secure), row.own) << row.source;
}

}  // namespace
}  // namespace vitrine::azure::blob
