#include "blobs/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/cbor.h"
#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

constexpr std::array<std::string_view, 4> kServiceContainers = {kRootContainer, "$web", "$logs",
                                                                "$blobchangefeed"};
constexpr std::size_t kLeastContainerName = 3, kMostContainerName = 63;
constexpr std::size_t kMostBlobNameUnits = 1024;
constexpr std::size_t kMostBlockIdBytes = 64;

bool is_container_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Precondition: valid UTF-8. Four-byte sequences are two units, all others one.
std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (unsigned char byte : text) {
    if ((byte & 0xc0) != 0x80) ++units;
    if (byte >= 0xf0) ++units;
  }
  return units;
}

}  // namespace

Result<void> ContainerNameRule::check(std::string_view text) {
  if (std::ranges::count(kServiceContainers, text) > 0) return {};
  constexpr std::string_view kRule =
      "A container name is 3 to 63 lower-case letters, digits and single hyphens between them.";
  const bool has_form = std::ranges::all_of(text, is_container_character) && !text.starts_with('-') &&
                        !text.ends_with('-') && !text.contains("--");
  if (!has_form)
    return fail(Code::InvalidResourceName,
                fmt::format("The specified resource name contains invalid characters. {}", kRule));
  if (text.size() >= kLeastContainerName && text.size() <= kMostContainerName) return {};
  return fail(
      Code::OutOfRangeInput,
      fmt::format("The specified resource name length is not within the permissible limits. {}", kRule));
}

Result<void> BlobNameRule::check(std::string_view text) {
  bool valid =
      !text.empty() && !text.contains('\0') && is_utf8(text) && utf16_units(text) <= kMostBlobNameUnits;
  if (valid) return {};
  return fail(Code::InvalidResourceName, "A blob name is 1 to 1,024 characters of UTF-8 without NUL.");
}

Result<void> BlockIdRule::check(std::string_view text) {
  auto bytes = from_base64(text);
  if (bytes && !bytes->empty() && bytes->size() <= kMostBlockIdBytes) return {};
  return fail(Code::InvalidBlockId, "A block id is the base64 text of 1 to 64 bytes.");
}

}  // namespace vitrine::blobs
