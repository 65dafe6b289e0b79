#include "operations/marker.h"

#include <algorithm>

#include "base/encoding.h"

namespace vitrine::operations {
namespace {

constexpr std::string_view kVersion = "1!";

}  // namespace

bool is_plain_marker(std::string_view last_name) {
  const auto is_graphic = [](char c) { return c > ' ' && c < '\x7f'; };
  const bool has_control = std::ranges::any_of(last_name, [](unsigned char c) { return c < ' '; });
  return !last_name.empty() && is_graphic(last_name.front()) && is_graphic(last_name.back()) &&
         !has_control && !last_name.contains("\xef\xbf\xbe") && !last_name.contains("\xef\xbf\xbf") &&
         !is_encoded_marker(last_name);
}

bool is_encoded_marker(std::string_view marker) {
  return marker.starts_with(kVersion);
}

std::string encode_marker(std::string_view next_name) {
  return std::string(kVersion) + to_base64(as_bytes(next_name));
}

Result<std::string> decode_marker(std::string_view marker) {
  auto name =
      is_encoded_marker(marker) ? from_base64(marker.substr(kVersion.size())) : Result<Bytes>(Bytes{});
  if (!name || name->empty())
    return fail(Code::OutOfRangeInput,
                "The marker is not one that this server gave out; start the listing anew.");
  return std::string(as_text(*name));
}

}  // namespace vitrine::operations
