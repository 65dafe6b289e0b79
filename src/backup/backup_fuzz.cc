// Whatever lies in a folder of backups, reading it fails cleanly or gives back what would be written.
#include <cstdlib>

#include "backup/extent_part.h"
#include "backup/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::backup;
  const ConstBytes input(data, size);
  if (auto manifest = Manifest::parse(as_text(input)); manifest && manifest->text() != as_text(input))
    std::abort();
  if (auto path = parse_file_path(as_text(input)); path && path->name.find("..") == 0) std::abort();
  for (const auto content : {std::uint64_t{0}, std::uint64_t{100}}) {
    auto index = PartIndex::decode(input, size + content);
    if (index && (index->encode() != to_bytes(input) || index->part_length() != size + content)) std::abort();
  }
  return 0;
}
