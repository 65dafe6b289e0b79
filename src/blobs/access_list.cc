#include "blobs/access_list.h"

#include <algorithm>

#include "base/cbor.h"

namespace vitrine::blobs {
namespace {

Result<identity::StoredPolicy> read_policy(CborReader& reader) {
  TRY(reader.array(4));
  identity::StoredPolicy policy;
  policy.id = TRY(reader.text());
  policy.start = TRY(reader.text());
  policy.expiry = TRY(reader.text());
  policy.permissions = TRY(reader.text());
  return policy;
}

}  // namespace

Bytes AccessList::encode() const {
  CborWriter writer;
  writer.array(3).unsigned_int(static_cast<std::uint64_t>(level)).text(purpose).array(policies.size());
  for (const auto& policy : policies)
    writer.array(4).text(policy.id).text(policy.start).text(policy.expiry).text(policy.permissions);
  return to_bytes(writer.view());
}

Result<AccessList> AccessList::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  TRY(reader.array(3));
  AccessList list;
  const auto level = TRY(reader.unsigned_int());
  if (level > static_cast<std::uint64_t>(PublicAccess::Container))
    return fail(Code::Corrupt, "A container's access list has an unknown level.");
  list.level = static_cast<PublicAccess>(level);
  list.purpose = TRY(reader.text());
  for (auto left = TRY(reader.array_up_to(kMostPolicies)); left > 0; --left)
    list.policies.push_back(TRY(read_policy(reader)));
  TRY(reader.end());
  return list;
}

const identity::StoredPolicy* AccessList::find(std::string_view id) const {
  const auto found = std::ranges::find(policies, id, &identity::StoredPolicy::id);
  return found == policies.end() ? nullptr : &*found;
}

Result<AccessList> access_list(const Attributes& attributes) {
  return TRY(attribute<AccessList>(attributes)).value_or(AccessList());
}

}  // namespace vitrine::blobs
