#include "blobs/container.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;

}  // namespace

std::string encode_container(const ContainerHead& head) {
  CborWriter writer;
  writer.array(head.attributes.empty() ? 6 : 7)
      .unsigned_int(kFormat)
      .bytes(head.id)
      .integer(to_micros(head.created));
  writer.integer(to_micros(head.last_modified)).unsigned_int(head.etag.number());
  write_metadata(writer, head.metadata);
  if (!head.attributes.empty()) write_attributes(writer, head.attributes);
  return std::string(as_text(writer.view()));
}

Result<ContainerHead> decode_container(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  const auto items = TRY(reader.array_up_to(7));
  if (items < 6) return fail(Code::Corrupt, "A container's head is cut short.");
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A container's head has an unknown format.");
  ContainerHead head{.id = TRY(read_array<16>(reader)),
                     .created = TRY(read_time(reader)),
                     .last_modified = TRY(read_time(reader)),
                     .etag = TRY(read_etag(reader)),
                     .metadata = TRY(read_metadata(reader))};
  if (items == 7) head.attributes = TRY(read_attributes(reader));
  if (items == 7 && head.attributes.empty())
    return fail(Code::Corrupt, "A container's head names attributes and has none.");
  TRY(reader.end());
  return head;
}

std::string container_prefix(const identity::AccountName& account) {
  return "container/" + account.text() + "/";
}

store::Key container_key(const identity::AccountName& account, const ContainerName& container) {
  return {store::Table::State, container_prefix(account) + container.text()};
}

}  // namespace vitrine::blobs
