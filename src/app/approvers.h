// The keys of two people who approve of what a command does.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/signature.h"

namespace vitrine::app {

/// From the files that --approve named. Errors: InvalidInput unless there are two, with different keys.
Result<std::array<crypto::SigningKey, 2>> read_approvers(const std::vector<std::string>& files);

}  // namespace vitrine::app
