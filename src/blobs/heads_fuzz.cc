// Whatever lies in the tables, reading it fails cleanly or gives back what would be stored.
#include <cstdlib>

#include "blobs/access_list.h"
#include "blobs/deleted_container.h"
#include "blobs/lifetime.h"
#include "blobs/name_state.h"
#include "blobs/service_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::blobs;
  const auto input = as_text(ConstBytes(data, size));
  if (auto head = decode_blob(input); head && encode_blob(*head) != input) std::abort();
  if (auto state = decode_name_state(input); state && encode_name_state(*state) != input) std::abort();
  if (auto key = parse_head_key(input); key && !input.substr(sizeof(ContainerId)).starts_with(key->name))
    std::abort();
  if (auto list = AccessList::decode(as_bytes(input)); list && as_text(list->encode()) != input) std::abort();
  if (auto settings = decode_service_properties(input);
      settings && encode_service_properties(*settings) != input)
    std::abort();
  if (auto policy = ImmutabilityPolicy::decode(as_bytes(input)); policy && as_text(policy->encode()) != input)
    std::abort();
  if (auto expiry = Expiry::decode(as_bytes(input)); expiry && as_text(expiry->encode()) != input)
    std::abort();
  if (auto deletion = ContainerDeletion::decode(as_bytes(input));
      deletion && as_text(deletion->encode()) != input)
    std::abort();
  (void)parse_deleted_name(input).has_value();
  if (auto moment = Moment::parse(input); moment && moment->text() != input) std::abort();
  return 0;
}
