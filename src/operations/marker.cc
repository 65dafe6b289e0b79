#include "operations/marker.h"

#include "base/encoding.h"

namespace vitrine::operations {
namespace {

constexpr std::string_view kVersion = "1!";

}  // namespace

std::string encode_marker(std::string_view next_name) {
  return std::string(kVersion) + to_base64(as_bytes(next_name));
}

Result<std::string> decode_marker(std::string_view marker) {
  auto name =
      marker.starts_with(kVersion) ? from_base64(marker.substr(kVersion.size())) : Result<Bytes>(Bytes{});
  if (!name || name->empty())
    return fail(Code::OutOfRangeInput,
                "The marker is not one that this server gave out; start the listing anew.");
  return std::string(as_text(*name));
}

}  // namespace vitrine::operations
