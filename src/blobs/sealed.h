// Values of the tables, encrypted under the account's key for the place where they lie.
#pragma once

#include <string>
#include <string_view>

#include "keys/data_key.h"
#include "store/commit.h"

namespace vitrine::blobs {

store::Write seal(const keys::DataKeys& keys, store::Key place, std::string_view value);

/// Errors: Corrupt when value or place was changed; Unavailable when the key was destroyed.
Result<std::string> open(const keys::DataKeys& keys, const store::Key& place, std::string_view stored);

}  // namespace vitrine::blobs
