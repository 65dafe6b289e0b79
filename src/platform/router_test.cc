#include "platform/router.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>

namespace vitrine::platform {
namespace {

class NoBody final : public http::BodyReader {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 0; }
};

/// Answers with what the pattern captured.
RouteHandler captured(std::string name) {
  return [name](Call& call) -> Task<Result<http::Response>> {
    std::string text = name;
    for (const auto& [key, value] : call.captures) text.append(" ").append(key).append("=").append(value);
    co_return http::Response::text(200, "text/plain", text);
  };
}

class RouterTest : public testing::Test {
 protected:
  http::Response ask(std::string_view method, std::string_view target) {
    NoBody body;
    http::Request request(body);
    request.method = http::parse_method(method);
    request.method_text = method;
    request.target = http::Target::parse(target).value();
    boost::asio::io_context io(1);
    http::Response answer;
    boost::asio::co_spawn(io, router_.answer(request),
                          [&](std::exception_ptr failure, http::Response response) {
                            EXPECT_FALSE(failure);
                            answer = std::move(response);
                          });
    io.run();
    return answer;
  }

  std::string observed_, refused_;
  Router router_{
      {{http::Method::Get, "/", captured("root")},
       {http::Method::Get, "/log/key", captured("key")},
       {http::Method::Get, "/log/tile/{path...}", captured("tile")},
       {http::Method::Get, "/a/{account}/jobs", captured("jobs")},
       {http::Method::Post, "/a/{account}/jobs", captured("start")},
       {http::Method::Get, "/a/{account}/jobs/{id}", captured("job")},
       {std::nullopt, "/ai/{account}/face/{path...}", captured("face")},
       {http::Method::Get, "/api/{account}/unsigned",
        [](Call&) -> Task<Result<http::Response>> {
          co_return fail(Code::NoAuthenticationInformation, "Sign it.");
        }},
       {http::Method::Get, "/api/{account}/denied",
        [](Call& call) -> Task<Result<http::Response>> {
          call.exchange.emplace(policy::Exchange{.principal = identity::Principal::of_system(
                                                     {.name = *identity::AccountName::parse("abc"),
                                                      .organisation = *identity::OrganisationId::parse("o"),
                                                      .slot = 0,
                                                      .journal = {},
                                                      .keys = {}}),
                                                 .receipt = "token"});
          co_return std::unexpected(Error{Code::PolicyDenied, "No.", "charter/x"});
        }},
       {http::Method::Get, "/damaged",
        [](Call&) -> Task<Result<http::Response>> { co_return fail(Code::Corrupt, "A row is damaged."); }}},
      {.answers = [this](
                      std::string_view pattern,
                      unsigned status) { observed_ = std::string(pattern) + " " + std::to_string(status); },
       .refusals =
           [this](std::string_view account, const Error& error) {
             refused_ = std::string(account) + " " + std::string(name(error.code));
           }}};
};

struct RouteCase {
  std::string_view method, target, body;
};
constexpr RouteCase kFound[] = {
    {"GET", "/", "root"},
    {"HEAD", "/log/key", "key"},
    {"GET", "/log/key?x=1", "key"},
    {"GET", "/log/tile/0/x001/234.p/8", "tile path=0/x001/234.p/8"},
    {"GET", "/log/tile/..%2f..%2Fkeys", "tile path=..%2f..%2Fkeys"},
    {"GET", "/a/abc/jobs", "jobs account=abc"},
    {"POST", "/a/abc/jobs", "start account=abc"},
    {"GET", "/a/a%62c/jobs/1%2F2", "job account=abc id=1/2"},
    {"PATCH", "/ai/abc/face/v1.0/identify", "face account=abc path=v1.0/identify"},
};

TEST_F(RouterTest, FindsTheRouteAndWhatItCaptures) {
  for (const auto& wanted : kFound) {
    auto answer = ask(wanted.method, wanted.target);
    EXPECT_EQ(answer.status, 200u) << wanted.target;
    EXPECT_EQ(answer.body, wanted.body) << wanted.target;
    EXPECT_EQ(answer.headers.get("x-ms-request-id")->size(), 32u);
  }
}

TEST_F(RouterTest, AnswersWhatNoRouteFits) {
  for (auto target :
       {"/nothing", "/log", "/log/key/", "/a//jobs", "/a/abc/jobs/", "/a/abc", "//", "/log/tile"}) {
    auto answer = ask("GET", target);
    EXPECT_EQ(answer.status, 404u) << target;
    EXPECT_NE(answer.body.find(R"("code":"ResourceNotFound")"), std::string::npos) << answer.body;
    EXPECT_EQ(observed_, "none 404");
  }
}

TEST_F(RouterTest, NamesTheMethodsThatFit) {
  auto answer = ask("DELETE", "/a/abc/jobs");
  EXPECT_EQ(answer.status, 405u);
  EXPECT_EQ(answer.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(ask("BREW", "/").status, 405u);
}

TEST_F(RouterTest, WordsAFailureAndNamesItsRecord) {
  auto answer = ask("GET", "/api/abc/denied");
  EXPECT_EQ(answer.status, 403u);
  EXPECT_EQ(answer.headers.get("x-ms-vitrine-receipt"), "token");
  EXPECT_EQ(boost::json::parse(answer.body),
            boost::json::parse(R"({"error":{"code":"PolicyDenied","message":"No.","policy":"charter/x"}})"));
  EXPECT_EQ(observed_, "/api/{account}/denied 403");
}

TEST_F(RouterTest, TellsOfOperationsThatLeftNoRecord) {
  ask("GET", "/api/abc/unsigned");
  EXPECT_EQ(refused_, "abc NoAuthenticationInformation");
  ask("PUT", "/api/abc/unsigned");
  EXPECT_EQ(refused_, " UnsupportedHttpVerb") << "no route, so no account that it captured";
  refused_.clear();
  for (const auto* target : {"/api/abc/denied", "/nothing", "/damaged", "/log/tile"}) ask("GET", target);
  EXPECT_EQ(refused_, "") << "on record, or no operation";
}

TEST_F(RouterTest, WhoMeetsDamageIsToldWhoKnowsMore) {
  const auto told = boost::json::parse(ask("GET", "/damaged").body).at("error").at("message").as_string();
  EXPECT_EQ(told, "A row is damaged. The server's log tells its operator more.");
}

}  // namespace
}  // namespace vitrine::platform
