// Whatever parses as an entry bundle, tile or tile path is written back as it was read.
#include <cstdlib>

#include "tlog/tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine::tlog;
  if (size == 0) return 0;
  vitrine::ConstBytes input(data + 1, size - 1);
  if (auto entries = split_bundle(input, data[0])) {
    vitrine::Bytes again;
    for (auto entry : *entries)
      if (!append_entry(again, entry)) std::abort();
    if (vitrine::as_text(again) != vitrine::as_text(input)) std::abort();
  }
  if (auto hashes = decode_tile(input, data[0]))
    if (vitrine::as_text(encode_tile(*hashes)) != vitrine::as_text(input)) std::abort();
  if (auto parsed = parse_tile_path(vitrine::as_text(input)))
    if (std::visit([](auto id) { return path(id); }, *parsed) != vitrine::as_text(input)) std::abort();
  return 0;
}
