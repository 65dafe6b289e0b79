// What the platform port shows and changes.
#pragma once

#include <filesystem>

#include "identity/account_directory.h"
#include "ledger/sealer.h"
#include "operations/backups.h"
#include "operations/jobs.h"
#include "operations/scrub.h"
#include "platform/authentication.h"
#include "platform/metrics.h"
#include "tlog/note.h"

namespace vitrine::platform {

/// All of it outlives every call.
struct Parts {
  const operations::Floors& floors;
  identity::AccountDirectory& accounts;
  ledger::Sealer& sealer;
  const operations::JobFloors& jobs;
  operations::Backups& backups;
  operations::Scrub& scrub;
  const tlog::NoteKey& log;
  std::filesystem::path log_directory;
  const Authentication& authentication;
  const Metrics& metrics;
};

}  // namespace vitrine::platform
