#include "operations/asked_range.h"

#include <algorithm>

namespace vitrine::operations {

Result<blobs::ByteRange> cut(const std::optional<AskedRange>& asked, std::uint64_t size) {
  if (!asked) return blobs::ByteRange{0, size};
  if (asked->first >= size || asked->last.value_or(asked->first) < asked->first)
    return fail(Code::InvalidRange, "The range lies outside the blob; ask for bytes that it has.");
  auto last = std::min(asked->last.value_or(size - 1), size - 1);
  return blobs::ByteRange{asked->first, last - asked->first + 1};
}

}  // namespace vitrine::operations
