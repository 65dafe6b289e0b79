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

}  // namespace vitrine::blobs
