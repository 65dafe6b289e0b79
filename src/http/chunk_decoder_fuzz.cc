#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "http/chunk_decoder.h"

namespace {

struct Decoded {
  bool accepted = false;
  std::string data;
  std::size_t used = 0;
};

Decoded decode(std::string_view coded, std::size_t step) {
  vitrine::http::ChunkDecoder decoder;
  Decoded decoded;
  while (!decoder.done() && decoded.used < coded.size()) {
    auto used = decoder.consume_framing(coded.substr(decoded.used, step));
    if (!used) return {};
    decoded.used += *used;
    auto piece = coded.substr(decoded.used, std::min<std::uint64_t>(step, decoder.data_left()));
    if (piece.empty()) continue;
    decoder.consume_data(piece.size());
    decoded.data += piece;
    decoded.used += piece.size();
  }
  decoded.accepted = decoder.done();
  return decoded;
}

}  // namespace

/// The pieces in which a body arrives make no difference to what it says or where it ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto coded = vitrine::as_text({data, size});
  auto whole = decode(coded, size + 1);
  auto split = decode(coded, 1);
  if (whole.accepted != split.accepted) std::abort();
  if (whole.accepted && (whole.data != split.data || whole.used != split.used)) std::abort();
  return 0;
}
