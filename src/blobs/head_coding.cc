#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

/// Azure allows 8 KiB of metadata: no more pairs than bytes.
constexpr std::size_t kMostPairs = 8192;

}  // namespace

void write_metadata(CborWriter& writer, const Metadata& metadata) {
  writer.array(metadata.size());
  for (const auto& [name, value] : metadata) writer.array(2).bytes(as_bytes(name)).bytes(as_bytes(value));
}

Result<Metadata> read_metadata(CborReader& reader) {
  Metadata metadata(TRY(reader.array_up_to(kMostPairs)));
  for (auto& [name, value] : metadata) {
    TRY(reader.array(2));
    name = as_text(TRY(reader.bytes()));
    value = as_text(TRY(reader.bytes()));
  }
  return metadata;
}

void write_attributes(CborWriter& writer, const Attributes& attributes) {
  writer.array(attributes.size());
  for (const auto& [number, value] : attributes) writer.array(2).unsigned_int(number).bytes(value);
}

Result<Attributes> read_attributes(CborReader& reader) {
  constexpr std::size_t kMostAttributes = 64;
  Attributes attributes;
  for (auto left = TRY(reader.array_up_to(kMostAttributes)); left > 0; --left) {
    TRY(reader.array(2));
    auto number = TRY(reader.unsigned_int());
    if (!attributes.empty() && number <= attributes.rbegin()->first)
      return fail(Code::Corrupt, "The attributes are not in the order of their numbers.");
    attributes.emplace_hint(attributes.end(), number, to_bytes(TRY(reader.bytes())));
  }
  return attributes;
}

}  // namespace vitrine::blobs
