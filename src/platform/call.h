// One request to the platform port on its way through a route.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "policy/intent.h"

namespace vitrine::platform {

/// Lives until the request is answered.
struct Call {
  http::Request& request;
  std::string request_id;
  /// What the route's pattern captured, by name; percent-decoded.
  std::vector<std::pair<std::string_view, std::string>> captures;
  /// Who asks, once that is known; its receipt goes into the answer.
  std::optional<policy::Exchange> exchange;

  /// Precondition: the route's pattern captures that name.
  [[nodiscard]] const std::string& capture(std::string_view name) const;
};

}  // namespace vitrine::platform
