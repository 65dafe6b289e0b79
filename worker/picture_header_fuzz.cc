#include "worker/picture_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vitrine::worker::read_picture_header({data, size}).has_value();
  return 0;
}
