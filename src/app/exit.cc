#include "app/exit.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>

namespace vitrine::app {

namespace json = boost::json;

int report(const Result<void>& outcome) {
  if (outcome) return kSuccess;
  fmt::print(stderr, "vitrine: {}\n", outcome.error().message);
  return outcome.error().code == Code::InvalidInput ? kUsage : kFailure;
}

int report_unasked(const Error& error, bool as_json) {
  if (as_json) {
    json::object what{{"code", name(error.code)}, {"message", error.message}};
    fmt::print("{}\n", json::serialize(json::object{{"error", std::move(what)}}));
  } else {
    fmt::print(stderr, "vitrine: {}\n", error.message);
  }
  return kUsage;
}

}  // namespace vitrine::app
