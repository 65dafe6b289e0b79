#include "azure/blob/cors.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

using blobs::CorsRule;

const std::vector<CorsRule> kRules = {
    {.origins = {"https://a.example", "https://*.b.example"},
     .methods = {"GET"},
     .allowed_headers = {"x-ms-meta-*", "content-type"},
     .exposed_headers = {"x-ms-*", "ETag"},
     .max_age = std::chrono::seconds(10)},
    {.origins = {"https://a.example"},
     .methods = {"GET", "PUT"},
     .allowed_headers = {"*"},
     .exposed_headers = {"*"}},
    {.origins = {"*"}, .methods = {"HEAD"}, .allowed_headers = {}, .exposed_headers = {}},
};

http::Headers asking(std::string_view origin, std::string_view method, std::string_view headers = "") {
  http::Headers asked;
  asked.add("Origin", origin);
  asked.add("Access-Control-Request-Method", method);
  if (!headers.empty()) asked.add("Access-Control-Request-Headers", headers);
  return asked;
}

TEST(Preflight, TheFirstRuleThatAllowsAllOfItCounts) {
  struct Row {
    std::string_view origin, method, headers;
    int rule;  // its place; -1: none
  };
  for (const Row& row : {
           Row{"https://a.example", "GET", "", 0},
           Row{"https://a.example", "GET", "X-Ms-Meta-A, Content-Type", 0},
           Row{"https://a.example", "GET", "range", 1},
           Row{"https://a.example", "PUT", "", 1},
           Row{"https://A.example", "GET", "", -1},
           Row{"https://x.y.b.example", "GET", "", 0},
           Row{"https://.b.example", "GET", "", -1},
           Row{"https://b.example", "GET", "", -1},
           Row{"https://evil.example/.b.example", "GET", "", -1},
           Row{"https://x.b.example", "GET", "range", -1},
           Row{"null", "HEAD", "", 2},
           Row{"null", "HEAD", "range", -1},
           Row{"null", "GET", "", -1},
           Row{"", "GET", "", -1},
       }) {
    const auto headers = asking(row.origin, row.method, row.headers);
    const auto question = parse_preflight(headers);
    ASSERT_TRUE(question) << row.origin;
    const auto* found = find_rule(kRules, *question);
    EXPECT_EQ(found ? found - kRules.data() : -1, row.rule) << row.origin << ' ' << row.method << row.headers;
  }
}

TEST(Preflight, WhatCannotBeRepeatedIsRefused) {
  for (const auto& headers : {
           http::Headers(),
           asking("https://a.example\r\nSet-Cookie: a", "GET"),
           asking("https://a b", "GET"),
           asking("https://\xc3\xa4", "GET"),
           asking(std::string(2000, 'a'), "GET"),
           asking("null", "GET\r\nSet-Cookie: a"),
           asking("null", "GET, PUT"),
           asking("null", "HEAD", "a b"),
           asking("null", "HEAD", "a,\r\nSet-Cookie: a"),
           asking("null", "HEAD", "a,b:c"),
       }) {
    const auto question = parse_preflight(headers);
    ASSERT_FALSE(question);
    EXPECT_EQ(question.error().code, Code::InvalidHeaderValue);
  }
}

TEST(Cors, AnswersTellWhatAPageMaySee) {
  const auto told = [](std::string_view origin, std::string_view method) {
    http::Headers answer;
    answer.add("x-ms-version", "2021-12-02");
    answer.add("Content-Type", "text/plain");
    add_cors(answer, kRules, origin, method);
    return answer;
  };
  const auto named = told("https://a.example", "GET");
  EXPECT_EQ(named.get("Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(named.get("Access-Control-Expose-Headers"), "x-ms-version,ETag");
  EXPECT_EQ(named.get("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(named.get("Vary"), "Origin");
  EXPECT_EQ(told("https://a.example", "PUT").get("Access-Control-Expose-Headers"),
            "x-ms-version,Content-Type,Content-Length,Date,Connection,Transfer-Encoding");
  const auto any = told("anything", "HEAD");
  EXPECT_EQ(any.get("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(any.get("Vary") || any.get("Access-Control-Allow-Credentials"));
  const auto none = told("https://c.example", "GET");
  EXPECT_FALSE(none.get("Access-Control-Allow-Origin"));
  EXPECT_EQ(none.get("Vary"), "Origin");
}

}  // namespace
}  // namespace vitrine::azure::blob
