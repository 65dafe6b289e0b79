#include "operations/suspensions.h"

#include <fmt/format.h>

#include <algorithm>

#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "ledger/sealer.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Keeps the salt of a running suspension: all its public entries share one.
store::Key salt_key(const ChangeSuspension& request) {
  return {store::Table::State,
          fmt::format("suspension/{}/{}", request.account.text(), name(request.service))};
}

/// The running suspension's, or a new one.
Result<evidence::Salt> salt_of(const store::Key& key, const store::Entry& row, const keys::DataKeys& keys) {
  evidence::Salt salt{crypto::random_array<32>()};
  if (!row.exists()) return salt;
  const auto stored = TRY(blobs::open(keys, key, row.value));
  if (stored.size() != salt.bytes.size())
    return fail(Code::Corrupt, "The salt of a suspension has a wrong length.");
  std::ranges::copy(as_bytes(stored), salt.bytes.begin());
  return salt;
}

evidence::Suspension announcement(const ChangeSuspension& request, const evidence::Salt& salt,
                                  evidence::Seconds now) {
  return {.state = request.suspended ? evidence::SuspensionState::Imposed : evidence::SuspensionState::Lifted,
          .service = std::string(name(request.service)),
          .subject = evidence::subject_commitment(salt, request.account.text()),
          .time = now};
}

Task<Result<SuspensionChanged>> attempt_change(const Floors& floors, policy::Exchange& exchange,
                                               const ChangeSuspension& request) {
  auto standing_row = CO_TRY(floors.store.look_up(policy::standing_key(request.account.text())));
  const auto salt_place = salt_key(request);
  auto salt_row = CO_TRY(floors.store.look_up(salt_place));
  const auto keys = CO_TRY(floors.keys.any_of(request.account.text()));
  auto standing = CO_TRY(policy::decode_standing(standing_row));
  bool changes = standing.is_suspended(request.service) != request.suspended;
  ledger::Effect effect{
      .guards = {standing_row.guard(store::Table::State), salt_row.guard(store::Table::State)}};
  std::optional<evidence::Salt> salt;
  if (changes) {
    salt = CO_TRY(salt_of(salt_place, salt_row, *keys));
    standing.suspended.set(static_cast<std::size_t>(request.service), request.suspended);
    const auto now = floors.clock.now();
    const auto time = CO_TRY(ledger::log_time(floors.store, floors.clock));
    effect.writes = {
        {policy::standing_key(request.account.text()), policy::encode_standing(standing)},
        request.suspended ? blobs::seal_own(*keys, salt_place, as_text(salt->bytes))
                          : store::Write{salt_place, std::nullopt},
        ledger::pending_entry(announcement(request, *salt, time),
                              fmt::format("{:016x}{:016x}", to_micros(now), read_be64(salt->bytes)))};
  }
  auto decision = floors.gate.decide(
      exchange, {.action = request.suspended ? policy::actions::kSuspend : policy::actions::kLift,
                 .resource = {request.account.text(), {}, std::string(name(request.service))},
                 .bounds = {}});
  auto committed = CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200}, std::move(effect)));
  if (changes) standing.version = committed.version();
  floors.gate.standings().replace(request.account.text(), standing);
  co_return SuspensionChanged{standing, salt};
}

}  // namespace

Task<Result<SuspensionChanged>> change_suspension(const Floors& floors, policy::Exchange& exchange,
                                                  const ChangeSuspension& request) {
  auto attempt = [&] { return attempt_change(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
