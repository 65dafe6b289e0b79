// Finds who answers a request to the platform port.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/call.h"

namespace vitrine::platform {

/// Answers a call or says why not; the router words the failure.
using RouteHandler = std::function<Task<Result<http::Response>>(Call&)>;

/// A row of the table of routes. A pattern's segments are texts, "{name}" for exactly one non-empty segment,
/// and at its end "{name...}" for everything that follows, as it was sent.
struct Route {
  std::optional<http::Method> method;  ///< none: any
  std::string_view pattern;
  RouteHandler handler;
};

/// Told of every answer: the route's pattern ("none" when no route fits) and the status.
using AnswerObserver = std::function<void(std::string_view pattern, unsigned status)>;

/// Errors become JSON; every answer names its request, and its record if there is one.
/// HEAD is answered as GET is. Usable from any thread.
class Router {
 public:
  Router(std::vector<Route> routes, AnswerObserver observer);

  [[nodiscard]] Task<http::Response> answer(http::Request& request) const;

 private:
  struct Found {
    const Route* route = nullptr;
    std::string allowed;  ///< methods of the routes that fit but for the method
  };
  Found find(Call& call) const;
  Task<Result<http::Response>> run(Call& call, const Found& found) const;

  std::vector<Route> routes_;
  AnswerObserver observer_;
};

}  // namespace vitrine::platform
