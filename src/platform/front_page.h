// The page at '/': what this server is and where its public parts are.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

Task<Result<http::Response>> show_front_page(const Parts& parts, Call& call);

}  // namespace vitrine::platform
