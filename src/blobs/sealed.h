// Values of the tables, encrypted under the account's key for the place where they lie.
#pragma once

#include <string>
#include <string_view>

#include "keys/data_key.h"
#include "store/commit.h"
#include "store/scanner.h"

namespace vitrine::blobs {

store::Write seal(const keys::DataKeys& keys, store::Key place, std::string_view value);
/// The same under the customer's key where the keys hold one, for bodies.
store::Write seal_content(const keys::DataKeys& keys, store::Key place, std::string_view value);
/// The same under the account's own key, for what outlives its content.
store::Write seal_own(const keys::DataKeys& keys, store::Key place, std::string_view value);

/// Errors: Corrupt when value or place was changed; ContentDestroyed when the key was destroyed.
Result<std::string> open(const keys::DataKeys& keys, const store::Key& place, std::string_view stored);
/// A head under a scanner, into a string that is used again for the next one. Errors: the same.
Result<void> open(const keys::DataKeys& keys, const store::EntryView& head, std::string& out);

}  // namespace vitrine::blobs
