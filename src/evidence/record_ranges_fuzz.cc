// Whatever is read as ranges of records is written as it was read, and names what it says.
#include <cstdlib>

#include "base/bytes.h"
#include "evidence/record_ranges.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  const auto text = as_text(ConstBytes(data, size));
  const auto ranges = evidence::parse_ranges(text);
  if (!ranges) return 0;
  if (evidence::to_text(*ranges) != text || evidence::merged(*ranges) != *ranges) std::abort();
  if (evidence::count(*ranges) < ranges->size()) std::abort();
  for (const auto& range : *ranges)
    if (!evidence::contains(*ranges, range.first) || !evidence::contains(*ranges, range.last) ||
        evidence::contains(*ranges, range.last + 1))
      std::abort();
  return 0;
}
