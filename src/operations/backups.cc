#include "operations/backups.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/thread_name.h"
#include "operations/accounts.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

std::unexpected<Error> busy() {
  return fail(Code::ServerBusy, "A backup is under way already: wait for its end, or end it.");
}

}  // namespace

std::string_view name(BackupPhase phase) {
  switch (phase) {
    case BackupPhase::None:
      return "none";
    case BackupPhase::Running:
      return "running";
    case BackupPhase::Succeeded:
      return "succeeded";
    case BackupPhase::Failed:
      return "failed";
  }
  return "";
}

Backups::Backups(const Floors& floors, identity::Account system, std::vector<backup::KeyFile> keys,
                 bool development)
    : floors_(floors), system_(std::move(system)), keys_(std::move(keys)), development_(development) {}

Backups::~Backups() {
  cancel();
}

Task<Result<void>> Backups::start(StartBackup request, std::string request_id, std::string client_address) {
  if (!request.to.is_absolute())
    co_return fail(Code::InvalidInput,
                   fmt::format("'{}' is not an absolute path on the server.", request.to.string()));
  if (state().phase == BackupPhase::Running) co_return busy();
  auto exchange = operator_exchange(floors_, system_, std::move(request_id), std::move(client_address));
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors_.gate.decide(
        exchange,
        {.action = policy::actions::kBackupStart, .resource = {system_.name.text(), {}, {}}, .bounds = {}});
    co_return co_await floors_.ledger.commit(exchange, std::move(decision), {.status = 202});
  };
  CO_TRY(co_await until_settled(attempt));
  co_return begin(request);
}

Result<void> Backups::begin(const StartBackup& request) {
  std::lock_guard lock(mutex_);
  if (state_.phase == BackupPhase::Running) return busy();
  if (thread_.joinable()) thread_.join();
  state_ = {.phase = BackupPhase::Running,
            .to = request.to,
            .started = floors_.clock.now(),
            .created = {},
            .message = {}};
  bytes_read_ = 0;
  backup::CreateOptions options{.to = request.to,
                                .full = request.full,
                                .journals = floors_.ledger.journals().files().directory(),
                                .development = development_};
  if (request.with_keys) options.keys = keys_;
  thread_ = std::jthread(
      [this, options = std::move(options), rate = request.bytes_per_second](const std::stop_token& stop) {
        run(options, {.bytes_per_second = rate, .stop = stop, .bytes = &bytes_read_});
      });
  return {};
}

void Backups::run(const backup::CreateOptions& options, const backup::Effort& effort) {
  name_thread("backup");
  auto created = backup::create(floors_.store, options, effort);
  if (created) {
    log::info("a backup was made",
              {{"to", options.to.string()}, {"number", std::to_string(created->number)}});
    for (const auto& place : created->damaged)
      log::error("a backup found damage in the store", {{"place", place.text()}});
  } else {
    log::error("a backup was not finished",
               {{"to", options.to.string()}, {"error", created.error().message}});
  }
  std::lock_guard lock(mutex_);
  state_.phase = created ? BackupPhase::Succeeded : BackupPhase::Failed;
  state_.ended = floors_.clock.now();
  if (created)
    state_.created = std::move(*created);
  else
    state_.message = created.error().message;
}

BackupState Backups::state() const {
  std::lock_guard lock(mutex_);
  auto state = state_;
  state.bytes_read = bytes_read_.load(std::memory_order_relaxed);
  return state;
}

void Backups::cancel() {
  std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.request_stop();
}

}  // namespace vitrine::operations
