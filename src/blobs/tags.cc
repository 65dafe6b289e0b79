#include "blobs/tags.h"

#include <algorithm>

#include "base/cbor.h"

namespace vitrine::blobs {

bool is_tag_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || std::string_view(" +-./:=_").contains(c);
}

Result<void> Tags::add(std::string_view key, std::string_view value) {
  if (key.empty() || key.size() > kLongestTagKey || value.size() > kLongestTagValue)
    return fail(Code::InvalidInput, "A tag's key has 1 to 128 characters and its value at most 256.");
  if (!std::ranges::all_of(key, is_tag_character) || !std::ranges::all_of(value, is_tag_character))
    return fail(Code::InvalidInput, "A tag is made of letters, digits, spaces and + - . / : = _");
  if (values.size() == kMostTags) return fail(Code::InvalidInput, "A blob has at most 10 tags.");
  if (!values.emplace(key, value).second) return fail(Code::InvalidInput, "Each tag's key comes once.");
  return {};
}

Bytes Tags::encode() const {
  CborWriter writer;
  writer.array(values.size());
  for (const auto& [key, value] : values) writer.array(2).text(key).text(value);
  return writer.take();
}

Result<Tags> Tags::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  Tags tags;
  for (auto left = TRY(reader.array_up_to(kMostTags)); left > 0; --left) {
    TRY(reader.array(2));
    const auto key = TRY(reader.text());
    if (!tags.values.empty() && key <= tags.values.rbegin()->first)
      return fail(Code::Corrupt, "Stored tags are not in the order of their keys.");
    if (!tags.add(key, TRY(reader.text()))) return fail(Code::Corrupt, "A stored tag is none.");
  }
  TRY(reader.end());
  return tags;
}

}  // namespace vitrine::blobs
