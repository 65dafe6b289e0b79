#include "app/evidence_source.h"

#include <fmt/format.h>

#include "app/fetch.h"
#include "base/file.h"
#include "evidence/journal_export.h"
#include "tlog/tiles.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpoint = "checkpoint";

Result<Bytes> fetch_log_file(const std::string& where, const http::Url& log, const std::string& ca,
                             const std::string& path) {
  auto url = log;
  url.target += (url.target.ends_with('/') ? "" : "/") + path;
  auto answer = TRY(fetch({.url = url}, ca));
  if (answer.status == 404 && path == kCheckpoint && !url.target.ends_with("/log/checkpoint"))
    return fail(Code::InvalidInput,
                fmt::format("There is no public log at {0}. The address of a Vitrine server's ends in /log: "
                            "{0}{1}log.",
                            where, where.ends_with('/') ? "" : "/"));
  if (answer.status == 404)
    return fail(Code::ResourceNotFound, fmt::format("The server has no {}.", url.target));
  if (answer.status != 200)
    return fail(Code::Unavailable,
                fmt::format("{}:{} answered {} to {}.", url.host, url.port, answer.status, url.target));
  return to_bytes(as_bytes(answer.body));
}

/// How large a file of evidence can be: heads and checkpoints are no larger than 1 MiB.
std::size_t most_bytes(const std::string& path) {
  constexpr std::size_t kMostOfOthers = std::size_t{1} << 20;
  const auto tile = tlog::parse_tile_path(path);
  if (!tile) return kMostOfOthers;
  return std::holds_alternative<tlog::TileId>(*tile) ? tlog::kMostTileBytes : tlog::kMostBundleBytes;
}

/// Both kinds of evidence are files below a folder.
auto files_in(fs::path folder) {
  return [folder = std::move(folder)](const std::string& path) -> Result<Bytes> {
    return to_bytes(as_bytes(TRY(read_regular_file(folder / path, most_bytes(path)))));
  };
}

}  // namespace

Result<evidence::ReadLogFile> open_log_files(const std::string& where, const std::string& ca) {
  if (where.find("://") != std::string::npos)
    return [where, ca, log = TRY(http::Url::parse(where))](const std::string& path) {
      return fetch_log_file(where, log, ca, path);
    };
  std::error_code error;
  if (!fs::is_directory(where, error))
    return fail(Code::InvalidInput, fmt::format("'{}' is neither a folder nor a URL.", where));
  if (!fs::exists(fs::path(where) / kCheckpoint, error))
    return fail(
        Code::InvalidInput,
        fmt::format("There is no public log in {0}: the file {0}/{1}, with which a log begins, is not "
                    "there.",
                    fs::path(where).string(), kCheckpoint));
  return files_in(where);
}

Result<evidence::ReadJournalFile> open_journal_files(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return fail(Code::InvalidInput, fmt::format("There is no folder {}.", folder.string()));
  if (!fs::exists(folder / evidence::kJournalHeadFile, error))
    return fail(Code::InvalidInput,
                fmt::format("{} holds no exported journal: there is no {} in it. `vitrine export journal` "
                            "makes one.",
                            folder.string(), evidence::kJournalHeadFile));
  return files_in(folder);
}

}  // namespace vitrine::app
