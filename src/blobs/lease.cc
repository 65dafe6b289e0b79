#include "blobs/lease.h"

#include <algorithm>

#include "base/encoding.h"
#include "blobs/head_coding.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

using enum LeaseState;

std::optional<Timestamp> end_of(const Lease& lease) {
  if (!lease.duration) return std::nullopt;
  return lease.begun + *lease.duration;
}

std::unexpected<Error> not_present() {
  return fail(Code::LeaseNotPresentWithLeaseOperation, "There is currently no lease.");
}

/// The lease, if it is the one that the request names.
Result<Lease*> named(std::optional<Lease>& lease, const LeaseId& id) {
  if (!lease) return not_present();
  if (lease->id == id) return &*lease;
  return fail(Code::LeaseIdMismatchWithLeaseOperation, "The lease ID is not that of the lease.");
}

}  // namespace

LeaseId LeaseId::random() {
  LeaseId id{crypto::random_array<16>()};
  // Version 4, variant 1 (RFC 9562 §5.4).
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

Result<LeaseId> LeaseId::parse(std::string_view text) {
  auto wrong = [] { return fail(Code::InvalidHeaderValue, "A lease ID must be a GUID."); };
  const bool is_wrapped = text.size() > 2 && ((text.front() == '{' && text.back() == '}') ||
                                              (text.front() == '(' && text.back() == ')'));
  if (is_wrapped) text = text.substr(1, text.size() - 2);
  constexpr std::size_t kWithHyphens = 36, kWithout = 32;
  if (text.size() != kWithHyphens && (text.size() != kWithout || is_wrapped)) return wrong();
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_hyphen = text.size() == kWithHyphens && (i == 8 || i == 13 || i == 18 || i == 23);
    if (is_hyphen != (text[i] == '-')) return wrong();
    if (!is_hyphen) digits += text[i];
  }
  const auto bytes = from_hex(digits);
  if (!bytes) return wrong();
  LeaseId id;
  std::ranges::copy(*bytes, id.bytes.begin());
  return id;
}

std::string LeaseId::text() const {
  auto out = to_hex(bytes);
  for (std::size_t place : {20, 16, 12, 8}) out.insert(place, "-");
  return out;
}

Bytes Lease::encode() const {
  CborWriter writer;
  writer.array(4).bytes(id.bytes);
  if (duration)
    writer.unsigned_int(static_cast<std::uint64_t>(duration->count()));
  else
    writer.null();
  writer.integer(to_micros(begun));
  if (broken)
    writer.integer(to_micros(*broken));
  else
    writer.null();
  return to_bytes(writer.view());
}

Result<Lease> Lease::decode(ConstBytes cbor) {
  constexpr std::uint64_t kMost = 60;
  CborReader reader(cbor);
  TRY(reader.array(4));
  Lease lease{.id = {TRY(read_array<16>(reader))}, .duration = {}, .begun = {}, .broken = {}};
  if (!reader.skip_null()) {
    const auto count = TRY(reader.unsigned_int());
    if (count > kMost) return fail(Code::Corrupt, "A lease is longer than it can be.");
    lease.duration = seconds(count);
  }
  lease.begun = TRY(read_time(reader));
  if (!reader.skip_null()) lease.broken = TRY(read_time(reader));
  TRY(reader.end());
  return lease;
}

LeaseState state_of(const std::optional<Lease>& lease, Timestamp now) {
  if (!lease) return Available;
  if (lease->broken) return now < *lease->broken ? Breaking : Broken;
  const auto end = end_of(*lease);
  return end && now >= *end ? Expired : Leased;
}

bool is_locked(LeaseState state) {
  return state == Leased || state == Breaking;
}

Result<void> acquire(std::optional<Lease>& lease, Timestamp now, std::optional<seconds> duration,
                     const LeaseId& proposed) {
  const auto state = state_of(lease, now);
  const bool is_same = lease && lease->id == proposed;
  if (state == Breaking && is_same)
    return fail(Code::LeaseIsBreakingAndCannotBeAcquired,
                "The lease is being broken and can be acquired once that is over.");
  if (is_locked(state) && !is_same) return fail(Code::LeaseAlreadyPresent, "There is already a lease.");
  lease = Lease{.id = proposed, .duration = duration, .begun = now, .broken = {}};
  return {};
}

Result<void> renew(std::optional<Lease>& lease, Timestamp now, const LeaseId& id) {
  auto* held = TRY(named(lease, id));
  if (held->broken)
    return fail(Code::LeaseIsBrokenAndCannotBeRenewed, "The lease was broken and cannot be renewed.");
  held->begun = now;
  return {};
}

Result<void> change(std::optional<Lease>& lease, Timestamp now, const LeaseId& id, const LeaseId& proposed) {
  const auto state = state_of(lease, now);
  if (!lease || state == Broken || state == Expired) return not_present();
  // Who asks again, because an answer got lost, finds the lease changed already.
  auto* held = TRY(named(lease, lease->id == proposed ? proposed : id));
  if (state == Breaking)
    return fail(Code::LeaseIsBreakingAndCannotBeChanged, "The lease is being broken and cannot be changed.");
  held->id = proposed;
  return {};
}

Result<void> release(std::optional<Lease>& lease, const LeaseId& id) {
  TRY(named(lease, id));
  lease.reset();
  return {};
}

Result<seconds> break_lease(std::optional<Lease>& lease, Timestamp now, std::optional<seconds> period) {
  const auto state = state_of(lease, now);
  if (!lease) return not_present();
  if (!is_locked(state)) {
    lease->broken = std::min(now, lease->broken.value_or(now));
    return seconds(0);
  }
  // A lease without end that nobody gives time to is broken at once; none gets longer by being broken.
  auto end = state == Breaking ? *lease->broken : end_of(*lease).value_or(period ? now + *period : now);
  if (period) end = std::min<Timestamp>(end, now + *period);
  lease->broken = end;
  return std::chrono::ceil<seconds>(end - now);
}

Result<seconds> perform(const LeaseAct& act, std::optional<Lease>& lease, Timestamp now) {
  struct Performer {
    std::optional<Lease>& lease;
    Timestamp now;
    static Result<seconds> done(const Result<void>& result) {
      if (!result) return std::unexpected(result.error());
      return seconds(0);
    }
    Result<seconds> operator()(const AcquireLease& act) const {
      return done(acquire(lease, now, act.duration, act.proposed));
    }
    Result<seconds> operator()(const RenewLease& act) const { return done(renew(lease, now, act.id)); }
    Result<seconds> operator()(const ChangeLease& act) const {
      return done(change(lease, now, act.id, act.proposed));
    }
    Result<seconds> operator()(const ReleaseLease& act) const { return done(release(lease, act.id)); }
    Result<seconds> operator()(const BreakLease& act) const { return break_lease(lease, now, act.period); }
  };
  return std::visit(Performer{lease, now}, act);
}

void after_change(std::optional<Lease>& lease, Timestamp now) {
  if (!is_locked(state_of(lease, now))) lease.reset();
}

}  // namespace vitrine::blobs
