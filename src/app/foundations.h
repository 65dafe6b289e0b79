// The floors below the ports, opened over one data directory.
#pragma once

#include <memory>
#include <string>

#include "app/data_dir.h"
#include "app/settings.h"
#include "identity/account_directory.h"
#include "ledger/log_key.h"
#include "ledger/sealer.h"
#include "operations/floors.h"

namespace vitrine::app {

/// The way to the operator's key, as the settings name it. Errors: Corrupt when a store is there, but not its
/// key; those of the broker.
Result<std::unique_ptr<keys::KeyBroker>> open_broker(const Settings& settings, const DataDir& data);

/// Where the data directory keeps sealed records.
ledger::JournalFiles journal_files(const DataDir& data);

/// Store, Gate, Ledger, accounts and Sealer, in the order in which they stand on each other; closed the other
/// way round. The sealer is not started.
class Foundations {
 public:
  /// Errors: those of prepare, Store::open, load_or_create_log_key and Sealer::open; InvalidInput for a
  /// purpose register that cannot be read.
  static Result<std::unique_ptr<Foundations>> open(const Settings& settings);
  ~Foundations();

  [[nodiscard]] const operations::Floors& floors() const { return floors_; }
  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] identity::AccountDirectory& accounts() { return accounts_; }
  [[nodiscard]] ledger::Sealer& sealer() { return *sealer_; }
  [[nodiscard]] const tlog::NoteKey& log() const { return log_key_.name; }
  [[nodiscard]] const DataDir& data() const { return data_; }
  [[nodiscard]] const std::string& operator_token() const { return operator_token_; }

 private:
  Foundations(DirectoryLock lock, DataDir data, std::unique_ptr<store::Store> store,
              policy::PurposeRegister purposes, ledger::LogKey log_key,
              std::unique_ptr<keys::KeyBroker> broker);
  Result<void> load_state();
  Result<void> load_accounts_and_standings();
  Result<void> open_sealer(const Settings& settings);

  DirectoryLock lock_;  // outlives all that is in the directory
  DataDir data_;
  std::unique_ptr<store::Store> store_;
  policy::Gate gate_;
  ledger::LogKey log_key_;
  ledger::Promises promises_;
  ledger::Ledger ledger_;
  std::unique_ptr<keys::KeyBroker> broker_;
  keys::KeyDirectory keys_;
  blobs::HeadCache heads_;
  operations::Turns turns_;
  operations::Floors floors_;
  identity::AccountDirectory accounts_;
  std::unique_ptr<ledger::Sealer> sealer_;
  std::string operator_token_;
};

}  // namespace vitrine::app
