// Looking at the data directory of a stopped server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "operations/check_content.h"
#include "store/check.h"

namespace vitrine::app {

struct Inspection {
  store::CheckReport report{};
  std::optional<operations::ContentCounts> content{};  ///< nothing: not looked at
  /// What could not be looked at, and why: sentences.
  std::vector<std::string> not_looked_at{};
  /// What is no damage, but keeps a server from starting: sentences.
  std::vector<std::string> remarks{};
};

/// Reads everything that the settings' directory holds: without keys all that checksums can tell, and with
/// the operator's key whether every blob has its content, opening bodies unless only their places are asked
/// for. Goes on behind damage as far as it can; neither a
/// missing key nor a public log that is ahead of the store ends it. Errors: ResourceNotFound when there is no
/// store; Unavailable when a server runs on it or it is of another format; Corrupt when a backup was restored
/// into it only in part; DeviceFailed.
Result<Inspection> inspect(const Settings& settings, operations::BodyCheck bodies,
                           const store::CheckProgress& progress);

}  // namespace vitrine::app
