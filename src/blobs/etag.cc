#include "blobs/etag.h"

#include <fmt/format.h>

#include <algorithm>

#include "blobs/moment.h"

namespace vitrine::blobs {

ETag ETag::next(Timestamp now, ETag before) {
  return ETag(std::max(ticks_at(now), before.number_ + 1));
}

std::string ETag::text() const {
  return fmt::format("0x{:X}", number_);
}
std::string ETag::quoted() const {
  return fmt::format("\"0x{:X}\"", number_);
}

}  // namespace vitrine::blobs
