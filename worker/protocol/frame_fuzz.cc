// Any bytes either are refused or are exactly the encoding of the frame that they decode to.
#include <cstdlib>

#include "worker/protocol/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vitrine::ConstBytes bytes(data, size);
  auto frame = vitrine::worker::decode_frame(bytes);
  if (frame && vitrine::worker::encode_frame(*frame) != vitrine::to_bytes(bytes)) std::abort();
  return 0;
}
