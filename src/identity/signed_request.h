// What a signature covers, as any protocol layer can hand it over.
#pragma once

#include <span>
#include <string_view>

namespace vitrine::identity {

struct NameValue {
  std::string_view name;
  std::string_view value;
};

/// Views into a request; they must outlive it.
struct SignedRequest {
  std::string_view method;           ///< upper case
  std::string_view raw_path;         ///< as on the request line: still percent-encoded, without the query
  std::span<const NameValue> query;  ///< percent-decoded, '+' kept, repeats kept
  std::span<const NameValue> headers;
};

}  // namespace vitrine::identity
