// Whatever lies under a content, reading it fails cleanly or gives back what would be stored.
#include <cstdlib>

#include "blobs/content_rows.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kEnd = 4096;
constexpr Generation kRows{0x0102030405060708};

/// What the parsed key says, under the given content; a holder's past state is not part of it.
std::string key_of(const ContentKey& key, const ContainerId& container) {
  switch (key.kind) {
    case ContentKey::Kind::Holder:
      return holder_prefix(container, kRows, key.layer);
    case ContentKey::Kind::Appended:
      return appended_key(container, kRows, key.end).bytes;
    case ContentKey::Kind::Page:
      return page_key(container, kRows, key.layer, key.end).bytes;
  }
  std::abort();
}

}  // namespace
}  // namespace vitrine::blobs

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::blobs;
  const auto input = as_text(ConstBytes(data, size));
  if (auto piece = decode_appended(input, kEnd); piece && encode_appended(*piece) != input) std::abort();
  if (auto row = decode_page_row(input, kEnd); row && encode_page_row(*row) != input) std::abort();
  if (auto blocks = decode_blocks(input); blocks && encode_blocks(*blocks) != input) std::abort();
  const ContainerId container{1};
  const auto key = content_prefix(container, kRows).append(input);
  if (auto parsed = parse_content_key(key); parsed && !key.starts_with(key_of(*parsed, container)))
    std::abort();
  return 0;
}
