// The canonical forms of headers and resources that Shared Key signs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "identity/signed_request.h"

namespace vitrine::identity {

/// ASCII only; other bytes are kept.
std::string to_lower(std::string_view text);

/// Whether two names of headers are the same: compared without case.
bool is_same_name(std::string_view a, std::string_view b);

/// The value of a header, compared without case; empty when absent.
std::string_view header_value(std::span<const NameValue> headers, std::string_view lower_name);

/// The parameter of that name, compared without case; null when absent.
const NameValue* find_parameter(std::span<const NameValue> query, std::string_view lower_name);

/// Whether name `a` stands before `b` in the service's own order: letters and digits decide first, and
/// hyphens only between names that are equal without them. Both in lower case.
bool collates_before(std::string_view a, std::string_view b);

/// One line "name:value\n" for each x-ms- header, in lower case, trimmed, sorted by `before`.
std::string canonical_headers(std::span<const NameValue> headers,
                              bool (*before)(std::string_view, std::string_view));

/// One line "\nname:value" for each query parameter, names in lower case and sorted; the values of a
/// repeated one sorted and joined by commas.
std::string canonical_query(std::span<const NameValue> query);

}  // namespace vitrine::identity
