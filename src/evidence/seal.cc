#include "evidence/seal.h"

#include <fmt/format.h>

#include "base/cbor.h"
#include "evidence/cbor_items.h"

namespace vitrine::evidence {
namespace {

constexpr std::uint64_t kEntryVersion = 1;
constexpr std::string_view kAccountDomain = "vitrine-account-v1", kSubjectDomain = "vitrine-subject-v1";

/// The header of an entry with `items` items behind kind and version.
CborWriter begin(std::string_view kind, std::size_t items) {
  CborWriter out;
  out.array(2 + items).text(kind).unsigned_int(kEntryVersion);
  return out;
}

void write(const Approvals& approvals, CborWriter& out) {
  out.array(approvals.size());
  for (const auto& approval : approvals) out.array(2).bytes(approval.key).bytes(approval.signature);
}

Result<Approvals> read_approvals(CborReader& in) {
  Approvals approvals;
  TRY(in.array(approvals.size()));
  for (auto& approval : approvals) {
    TRY(in.array(2));
    approval.key = TRY(read_bytes32(in));
    std::ranges::copy(TRY(in.bytes(approval.signature.size())), approval.signature.begin());
  }
  return approvals;
}

Bytes encode(const Seal& seal) {
  auto out = begin("seal", 7);
  out.unsigned_int(seal.number).integer(seal.time.time_since_epoch().count());
  out.bytes(seal.heads_root).unsigned_int(seal.slots).bytes(seal.previous).unsigned_int(seal.policy_epoch);
  seal.witnessed ? out.bytes(*seal.witnessed) : out.null();
  return out.take();
}

Bytes encode(const AccountCreated& created) {
  return begin("account-created", 2).unsigned_int(created.slot).bytes(created.commitment).take();
}

Bytes encode(const Suspension& suspension) {
  auto out = begin("suspension", 4);
  out.unsigned_int(static_cast<std::uint8_t>(suspension.state)).text(suspension.service);
  out.bytes(suspension.subject).integer(suspension.time.time_since_epoch().count());
  return out.take();
}

Bytes encode(const Restart& restart) {
  auto out = begin("restart", 3);
  out.integer(restart.time.time_since_epoch().count());
  return out.unsigned_int(restart.last_seal).boolean(restart.after_clean_stop).take();
}

Bytes encode(const Loss& loss) {
  auto out = begin("loss", 7);
  out.unsigned_int(loss.slot).unsigned_int(loss.size).bytes(loss.root).text(loss.reason);
  out.bytes(loss.commitment).integer(loss.time.time_since_epoch().count());
  write(loss.approvals, out);
  return out.take();
}

Bytes encode(const Erasure& erasure) {
  auto out = begin("erasure", 7);
  out.unsigned_int(erasure.slot).unsigned_int(erasure.records);
  out.boolean(erasure.facets.who).boolean(erasure.facets.what).bytes(erasure.order);
  out.integer(erasure.agreed.time_since_epoch().count());
  write(erasure.approvals, out);
  return out.take();
}

Result<PublicEntry> read_seal(CborReader& in) {
  Seal seal;
  seal.number = TRY(in.unsigned_int());
  seal.time = TRY(read_time<std::chrono::seconds>(in));
  seal.heads_root = TRY(read_bytes32(in));
  seal.slots = TRY(in.unsigned_int());
  seal.previous = TRY(read_bytes32(in));
  seal.policy_epoch = TRY(in.unsigned_int());
  if (!in.skip_null()) seal.witnessed = TRY(read_bytes32(in));
  return seal;
}

Result<PublicEntry> read_account_created(CborReader& in) {
  AccountCreated created;
  created.slot = TRY(in.unsigned_int());
  created.commitment = TRY(read_bytes32(in));
  return created;
}

Result<PublicEntry> read_suspension(CborReader& in) {
  Suspension suspension;
  auto state = TRY(in.unsigned_int());
  if (state > static_cast<std::uint8_t>(SuspensionState::Lapsed))
    return fail(Code::Corrupt, fmt::format("A suspension has no state {}.", state));
  suspension.state = static_cast<SuspensionState>(state);
  suspension.service = TRY(in.text());
  suspension.subject = TRY(read_bytes32(in));
  suspension.time = TRY(read_time<std::chrono::seconds>(in));
  return suspension;
}

Result<PublicEntry> read_restart(CborReader& in) {
  Restart restart;
  restart.time = TRY(read_time<std::chrono::seconds>(in));
  restart.last_seal = TRY(in.unsigned_int());
  restart.after_clean_stop = TRY(in.boolean());
  return restart;
}

Result<PublicEntry> read_loss(CborReader& in) {
  Loss loss;
  loss.slot = TRY(in.unsigned_int());
  loss.size = TRY(in.unsigned_int());
  loss.root = TRY(read_bytes32(in));
  loss.reason = TRY(in.text());
  if (loss.reason.empty() || loss.reason.size() > kMostReason)
    return fail(Code::Corrupt, fmt::format("The reason of a loss has 1 to {} bytes.", kMostReason));
  loss.commitment = TRY(read_bytes32(in));
  loss.time = TRY(read_time<std::chrono::seconds>(in));
  loss.approvals = TRY(read_approvals(in));
  return loss;
}

Result<PublicEntry> read_erasure(CborReader& in) {
  Erasure erasure;
  erasure.slot = TRY(in.unsigned_int());
  erasure.records = TRY(in.unsigned_int());
  erasure.facets.who = TRY(in.boolean());
  erasure.facets.what = TRY(in.boolean());
  if (erasure.records == 0 || erasure.records > kMostErased || erasure.facets.none())
    return fail(Code::Corrupt,
                fmt::format("An erasure is of 1 to {} records, and of who or what.", kMostErased));
  erasure.order = TRY(read_bytes32(in));
  erasure.agreed = TRY(read_time<std::chrono::seconds>(in));
  erasure.approvals = TRY(read_approvals(in));
  return erasure;
}

struct Kind {
  std::string_view name;
  std::size_t items;
  Result<PublicEntry> (*read)(CborReader&);
};
constexpr Kind kKinds[] = {
    {"seal", 7, read_seal},
    {"account-created", 2, read_account_created},
    {"suspension", 4, read_suspension},
    {"restart", 3, read_restart},
    {"loss", 7, read_loss},
    {"erasure", 7, read_erasure},
};
constexpr std::size_t kMaxItems = 64;  // of any kind, now and later

}  // namespace

std::optional<Seconds> time_of(const PublicEntry& entry) {
  return std::visit(
      [](const auto& known) -> std::optional<Seconds> {
        if constexpr (requires { known.time; })
          return known.time;
        else
          return std::nullopt;
      },
      entry);
}

Bytes encode_entry(const PublicEntry& entry) {
  return std::visit([](const auto& known) { return encode(known); }, entry);
}

Result<PublicEntry> decode_entry(ConstBytes bytes) {
  CborReader in(bytes);
  auto items = TRY(in.array_up_to(kMaxItems));
  auto kind = TRY(in.text());
  auto version = TRY(in.unsigned_int());
  const auto* known = std::ranges::find(kKinds, kind, &Kind::name);
  if (known == std::end(kKinds) || version != kEntryVersion)
    return fail(Code::NotImplemented,
                fmt::format("This program does not know entries of kind '{}', version {}; use a newer one.",
                            kind, version));
  if (items != 2 + known->items)
    return fail(Code::Corrupt, fmt::format("An entry of kind '{}' has {} items.", kind, 2 + known->items));
  auto entry = TRY(known->read(in));
  TRY(in.end());
  return entry;
}

Digest seal_hash(const Seal& seal) {
  return tlog::leaf_hash(encode(seal));
}

Digest account_commitment(const Salt& salt, std::string_view account, const JournalId& journal,
                          ConstBytes owner_key) {
  CborWriter out;
  out.array(5).text(kAccountDomain).bytes(salt.bytes).text(account).bytes(journal.bytes).bytes(owner_key);
  return crypto::sha256(out.view());
}

Digest subject_commitment(const Salt& salt, std::string_view subject) {
  CborWriter out;
  out.array(3).text(kSubjectDomain).bytes(salt.bytes).text(subject);
  return crypto::sha256(out.view());
}

}  // namespace vitrine::evidence
