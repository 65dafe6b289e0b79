#include "blobs/immutability.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

Bytes encode_mark() {
  CborWriter writer;
  writer.boolean(true);
  return writer.take();
}

/// An attribute that says nothing but that it is there.
Result<void> decode_mark(ConstBytes cbor) {
  CborReader reader(cbor);
  if (!TRY(reader.boolean())) return fail(Code::Corrupt, "A stored mark is not set.");
  return reader.end();
}

std::unexpected<Error> immutable(const char* why) {
  return fail(Code::BlobImmutableDueToPolicy, why);
}

}  // namespace

Bytes ImmutabilityPolicy::encode() const {
  CborWriter writer;
  writer.array(2).integer(to_micros(until)).unsigned_int(static_cast<std::uint64_t>(mode));
  return writer.take();
}

Result<ImmutabilityPolicy> ImmutabilityPolicy::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  TRY(reader.array(2));
  ImmutabilityPolicy policy{.until = TRY(read_time(reader))};
  const auto mode = TRY(reader.unsigned_int());
  if (mode > static_cast<std::uint64_t>(PolicyMode::Locked))
    return fail(Code::Corrupt, "A stored immutability policy has an unknown mode.");
  policy.mode = static_cast<PolicyMode>(mode);
  TRY(reader.end());
  return policy;
}

Bytes LegalHold::encode() const {
  return encode_mark();
}
Result<LegalHold> LegalHold::decode(ConstBytes cbor) {
  TRY(decode_mark(cbor));
  return LegalHold();
}

Bytes HadProtection::encode() const {
  return encode_mark();
}
Result<HadProtection> HadProtection::decode(ConstBytes cbor) {
  TRY(decode_mark(cbor));
  return HadProtection();
}

store::Key protected_name(const ContainerId& container) {
  return {store::Table::Heads, std::string(as_text(container))};
}

bool bears_protection(const Attributes& attributes) {
  return attributes.contains(ImmutabilityPolicy::kAttribute) || attributes.contains(LegalHold::kAttribute);
}

Result<void> check_mutable(const Attributes& attributes, Timestamp now) {
  if (attributes.contains(LegalHold::kAttribute))
    return fail(Code::BlobImmutableDueToLegalHold,
                "The blob is under a legal hold; it cannot be changed before that is cleared.");
  const auto policy = TRY(attribute<ImmutabilityPolicy>(attributes));
  if (!policy || policy->until <= now) return {};
  return immutable("An immutability policy protects the blob; it cannot be changed before that is over.");
}

Result<void> protect(Attributes& attributes, const Protection& protection, Timestamp now) {
  if (protection.policy) TRY(set_policy(attributes, *protection.policy, now));
  if (protection.legal_hold) set_legal_hold(attributes, true);
  return {};
}

Result<void> set_policy(Attributes& attributes, const ImmutabilityPolicy& policy, Timestamp now) {
  if (policy.until <= now)
    return fail(Code::InvalidHeaderValue, "An immutability policy ends at a time to come.");
  const auto before = TRY(attribute<ImmutabilityPolicy>(attributes));
  if (before && before->mode == PolicyMode::Locked) {
    if (policy.mode != PolicyMode::Locked) return immutable("A locked immutability policy stays locked.");
    if (policy.until < before->until)
      return immutable("A locked immutability policy can only be made longer.");
  }
  set_attribute(attributes, std::optional(policy));
  return {};
}

Result<void> remove_policy(Attributes& attributes, Timestamp now) {
  const auto policy = TRY(attribute<ImmutabilityPolicy>(attributes));
  if (policy && policy->mode == PolicyMode::Locked && policy->until > now)
    return immutable("A locked immutability policy cannot be taken away.");
  set_attribute(attributes, std::optional<ImmutabilityPolicy>());
  return {};
}

void set_legal_hold(Attributes& attributes, bool holds) {
  set_attribute(attributes, holds ? std::optional(LegalHold()) : std::nullopt);
}

void unprotect_copy(Attributes& attributes) {
  attributes.erase(ImmutabilityPolicy::kAttribute);
  attributes.erase(LegalHold::kAttribute);
}

}  // namespace vitrine::blobs
