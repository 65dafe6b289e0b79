#include "backup/extent_part.h"

#include <algorithm>

#include "store/extent.h"

namespace vitrine::backup {
namespace {

constexpr std::string_view kMagic = "vitrine part   1";
constexpr std::size_t kIdBytes = std::tuple_size_v<store::SegmentId>;

std::unexpected<Error> corrupt(const char* what) {
  return fail(Code::Corrupt, std::string("A part of an extent in the backup ") + what + ".");
}

}  // namespace

Bytes PartIndex::encode() const {
  Bytes out = to_bytes(as_bytes(kMagic));
  out.reserve(kHeaderBytes + entries.size() * kEntryBytes);
  append_be64(out, extent);
  append_be64(out, entries.size());
  for (const auto& entry : entries) {
    append(out, entry.id);
    append_be64(out, entry.offset);
    append_be64(out, entry.length);
  }
  return out;
}

std::uint64_t PartIndex::part_length() const {
  auto length = std::uint64_t{kHeaderBytes} + entries.size() * kEntryBytes;
  for (const auto& entry : entries) length += entry.length;
  return length;
}

Result<std::size_t> PartIndex::encoded_length(ConstBytes header, std::uint64_t part_length) {
  if (header.size() < kHeaderBytes || part_length < kHeaderBytes)
    return corrupt("is shorter than its header");
  if (as_text(header.first(kMagic.size())) != kMagic) return corrupt("is not one that this program reads");
  const auto count = read_be64(header.subspan(kMagic.size() + 8));
  if (count > (part_length - kHeaderBytes) / kEntryBytes) return corrupt("is shorter than its index");
  return kHeaderBytes + static_cast<std::size_t>(count) * kEntryBytes;
}

Result<PartIndex> PartIndex::decode(ConstBytes index, std::uint64_t part_length) {
  if (TRY(encoded_length(index, part_length)) != index.size())
    return corrupt("has an index of another length");
  PartIndex out{.extent = read_be64(index.subspan(kMagic.size())), .entries = {}};
  auto content = part_length - index.size();
  auto free_from = std::uint64_t{store::Extent::kHeaderBytes};
  for (auto rest = index.subspan(kHeaderBytes); !rest.empty(); rest = rest.subspan(kEntryBytes)) {
    PartEntry entry{.id = {},
                    .offset = read_be64(rest.subspan(kIdBytes)),
                    .length = read_be64(rest.subspan(kIdBytes + 8))};
    std::ranges::copy(rest.first(kIdBytes), entry.id.begin());
    if (entry.offset < free_from || entry.length > content || entry.length > UINT64_MAX - entry.offset)
      return corrupt("has an index that cannot be");
    free_from = entry.offset + entry.length;
    content -= entry.length;
    out.entries.push_back(entry);
  }
  if (content != 0) return corrupt("has more bytes than its index says");
  return out;
}

}  // namespace vitrine::backup
