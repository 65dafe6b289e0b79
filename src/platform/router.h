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

/// Is told of each request for an operation that was refused without a record: the account that it names,
/// which may not exist and is empty when it names none, and why.
using RefusalObserver = std::function<void(std::string_view account, const Error& error)>;

/// Who is told of what the router answers.
struct Observers {
  AnswerObserver answers;
  RefusalObserver refusals;
};

/// Errors become JSON; every answer names its request, and its record if there is one.
/// HEAD is answered as GET is. Usable from any thread.
class Router {
 public:
  Router(std::vector<Route> routes, Observers observers);

  [[nodiscard]] Task<http::Response> answer(http::Request& request) const;

 private:
  struct Found {
    const Route* route = nullptr;
    std::string allowed;  ///< methods of the routes that fit but for the method
  };
  Found find(Call& call) const;
  Task<Result<http::Response>> run(Call& call, const Found& found) const;
  void observe_refusal(const Call& call, const Error& error) const;

  std::vector<Route> routes_;
  Observers observers_;
};

}  // namespace vitrine::platform
