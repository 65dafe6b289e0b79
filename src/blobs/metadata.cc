#include "blobs/metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cbor.h"

namespace vitrine::blobs {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_identifier(std::string_view name) {
  auto starts_word = [](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_'; };
  auto continues_word = [&](char c) { return starts_word(c) || (c >= '0' && c <= '9'); };
  return starts_word(name.front()) && std::ranges::all_of(name, continues_word);
}

bool is_text(std::string_view value) {
  auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  return std::ranges::none_of(value, is_control) && is_utf8(value);
}

std::size_t size_of(const Metadata& metadata) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : metadata) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

Result<void> add_metadata(Metadata& metadata, std::string_view name, std::string_view value) {
  if (name.empty()) return fail(Code::EmptyMetadataKey, "A metadata header has no name behind 'x-ms-meta-'.");
  if (!is_identifier(name))
    return fail(Code::InvalidMetadata,
                fmt::format("The metadata name '{:.64}' is not valid: use letters, digits and underscores, "
                            "beginning with no digit.",
                            name));
  if (!is_text(value))
    return fail(Code::InvalidMetadata,
                fmt::format("The value of metadata '{:.64}' is not printable text.", name));
  auto same = [&](const auto& entry) { return std::ranges::equal(entry.first, name, {}, lower, lower); };
  if (std::ranges::any_of(metadata, same))
    return fail(Code::InvalidMetadata, fmt::format("Metadata '{:.64}' is given twice.", name));
  if (size_of(metadata) + name.size() + value.size() > kMostMetadataBytes)
    return fail(Code::MetadataTooLarge,
                fmt::format("The metadata is larger than {} bytes of names and values.", kMostMetadataBytes));
  metadata.emplace_back(name, value);
  return {};
}

}  // namespace vitrine::blobs
