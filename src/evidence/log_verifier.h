// Verifies a whole public log from its files.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "evidence/seal.h"
#include "evidence/verification.h"
#include "tlog/note.h"

namespace vitrine::evidence {

/// Reads a file below the log's prefix: "checkpoint", "tile/0/000.p/7", … from a directory or over HTTP.
/// Errors: ResourceNotFound when there is no such file; others end the verification.
using ReadLogFile = std::function<Result<Bytes>(const std::string& path)>;

/// Is given each entry that is well-formed, with its index.
using VisitEntry = std::function<void(std::uint64_t index, const PublicEntry& entry)>;

/// So many losses are stated one by one; all are counted.
inline constexpr std::size_t kMostLossesStated = 1000;

/// Reads every entry and every tile once, in order, in memory independent of the log's size: the checkpoint's
/// signature, tiles against entries, the root, that an earlier checkpoint (a signed note) is a prefix, that
/// each entry is known and well-formed, and that entries keep the rules of SealChain. The check that fails
/// gives the file and entry. States each loss that the log tells of.
Verification verify_log(const ReadLogFile& read, const tlog::NoteKey& log,
                        const std::optional<std::string>& since = std::nullopt, const VisitEntry& visit = {});

}  // namespace vitrine::evidence
