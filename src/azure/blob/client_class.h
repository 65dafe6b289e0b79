// What kind of program sends a request.
#pragma once

#include <string_view>

#include "http/headers.h"

namespace vitrine::azure::blob {

/// By User-Agent, as records name it: "sdk-python", "azcopy", … "other". It is a claim, not proof.
std::string_view client_class(const http::Headers& headers);

}  // namespace vitrine::azure::blob
