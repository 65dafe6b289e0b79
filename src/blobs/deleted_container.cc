#include "blobs/deleted_container.h"

#include <fmt/format.h>

#include <charconv>

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

/// Ends the name in a key: no name contains it.
constexpr char kEndOfName = '\0';
constexpr std::size_t kMomentBytes = 8, kVersionDigits = 16;

}  // namespace

Bytes ContainerDeletion::encode() const {
  CborWriter writer;
  writer.array(2).integer(to_micros(deletion.deleted)).integer(to_micros(deletion.kept_until));
  return writer.take();
}

Result<ContainerDeletion> ContainerDeletion::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  TRY(reader.array(2));
  ContainerDeletion found{{.deleted = TRY(read_time(reader)), .kept_until = TRY(read_time(reader))}};
  TRY(reader.end());
  return found;
}

std::string version_text(Moment deleted) {
  return fmt::format("{:016X}", deleted.ticks());
}

Result<Moment> parse_container_version(std::string_view text) {
  std::uint64_t ticks = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ticks, 16);
  if (text.size() == kVersionDigits && problem == std::errc() && end == text.data() + text.size())
    return Moment::from_ticks(ticks);
  return fail(Code::InvalidHeaderValue,
              "The version of a deleted container is the one that List Containers gives with it.");
}

std::string deleted_container_prefix(const identity::AccountName& account) {
  return "deleted-container/" + account.text() + "/";
}

store::Key deleted_container_key(const identity::AccountName& account, const ContainerName& container,
                                 Moment deleted) {
  auto key = to_bytes(as_bytes(deleted_container_prefix(account) + container.text() + kEndOfName));
  append_be64(key, deleted.ticks());
  return {store::Table::State, std::string(as_text(key))};
}

Result<DeletedName> parse_deleted_name(std::string_view suffix) {
  const auto end = suffix.find(kEndOfName);
  if (end == std::string_view::npos || suffix.size() != end + 1 + kMomentBytes)
    return fail(Code::Corrupt, "A deleted container lies under a key that cannot be.");
  return DeletedName{std::string(suffix.substr(0, end)),
                     Moment::from_ticks(read_be64(as_bytes(suffix.substr(end + 1))))};
}

}  // namespace vitrine::blobs
