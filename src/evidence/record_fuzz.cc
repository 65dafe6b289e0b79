// Whatever decodes as a record or public entry is encoded back as it was read.
#include <cstdlib>

#include "evidence/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  ConstBytes input(data, size);
  auto same = [&](const Bytes& bytes) { return as_text(bytes) == as_text(input); };
  if (auto record = evidence::decode_record(input))
    if (!same(evidence::encode_record(*record)) || !evidence::read_contents(*record)) std::abort();
  if (auto entry = evidence::decode_entry(input); entry && !same(evidence::encode_entry(*entry)))
    std::abort();
  if (auto who = evidence::decode_who(input); who && !same(evidence::encode(*who))) std::abort();
  if (auto what = evidence::decode_what(input); what && !same(evidence::encode(*what))) std::abort();
  if (auto why = evidence::decode_why(input); why && !same(evidence::encode(*why))) std::abort();
  if (auto outcome = evidence::decode_outcome(input); outcome && !same(evidence::encode(*outcome)))
    std::abort();
  return 0;
}
