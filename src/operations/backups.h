// Backups of the running server: one at a time, on a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backup/create.h"
#include "identity/account.h"
#include "operations/floors.h"

namespace vitrine::operations {

struct StartBackup {
  std::filesystem::path to;  ///< absolute, on the server
  bool full = false;
  bool with_keys = false;
  std::uint64_t bytes_per_second = 0;  ///< 0: no bound
};

enum class BackupPhase : std::uint8_t { None, Running, Succeeded, Failed };
std::string_view name(BackupPhase phase);

/// The last backup that was asked for, since the server started.
struct BackupState {
  BackupPhase phase = BackupPhase::None;
  std::filesystem::path to;
  Timestamp started{};
  Timestamp ended{};             ///< once it is over
  std::uint64_t bytes_read = 0;  ///< so far
  std::optional<backup::Created> created;
  std::string message;  ///< why it failed
};

/// All calls may come from any thread.
class Backups {
 public:
  /// `keys` are what a backup gets that is to have them; `system` has the journal that tells of backups. The
  /// floors outlive this.
  Backups(const Floors& floors, identity::Account system, std::vector<backup::KeyFile> keys,
          bool development);
  /// Ends one that is under way.
  ~Backups();

  /// Records the act, then begins. Errors: InvalidInput for a path that is not absolute; ServerBusy while one
  /// is under way; those of the ledger.
  Task<Result<void>> start(StartBackup request, std::string request_id, std::string client_address);
  [[nodiscard]] BackupState state() const;
  /// Ends the one under way, if there is one; it is then told to have failed.
  void cancel();

 private:
  Result<void> begin(const StartBackup& request);
  void run(const backup::CreateOptions& options, const backup::Effort& effort);

  const Floors& floors_;
  const identity::Account system_;
  const std::vector<backup::KeyFile> keys_;
  const bool development_;

  mutable std::mutex mutex_;
  BackupState state_;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::jthread thread_;
};

}  // namespace vitrine::operations
