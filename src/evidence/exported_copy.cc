#include "evidence/exported_copy.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/file.h"
#include "evidence/journal_export.h"
#include "tlog/log_walk.h"

namespace vitrine::evidence {
namespace {

Result<bool> is_as_written(std::string_view document, const SealedHead& head) {
  const auto expected = TRY(journal_head_json(head));
  if (TRY(first_difference(document, expected))) return false;
  return check_below_signature(head).has_value();
}

/// A record and its hash that do not fit: either may be what was changed.
std::string either(const std::string& place) {
  constexpr std::string_view kHashes = "tile/0/";
  if (!place.starts_with(kHashes)) return place;
  const auto bundle = place.substr(kHashes.size(), place.find(',') - kHashes.size());
  return fmt::format("tile/entries/{} or {}", bundle, place);
}

}  // namespace

std::unexpected<Error> copy_was_changed(std::string_view what) {
  return fail(
      Code::VerificationFailed,
      fmt::format("Your copy was changed since it was exported: {}. Nothing of it was overwritten, and "
                  "it says nothing about the journal: take a copy that is whole, or export into a new "
                  "folder.",
                  what));
}

Result<void> check_exported_head(std::string_view document, const SealedHead& head) {
  const auto written = is_as_written(document, head);
  if (!written || !*written) return copy_was_changed(kJournalHeadFile);
  return {};
}

Result<void> check_exported_copy(const std::filesystem::path& folder) {
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    return to_bytes(as_bytes(TRY(read_file(folder / path))));
  };
  const auto document = TRY(read(kJournalHeadFile));
  const auto sealed = TRY(read_journal_head(as_text(document)));
  TRY(check_exported_head(as_text(document), sealed));
  const auto leaf_of = [&](ConstBytes entry) { return leaf_of_entry(entry, sealed.head.journal); };
  tlog::LogWalk files(read, sealed.head.size, leaf_of, tlog::LogWalk::Dropped::Accepted);
  auto whole = files.run([](const std::optional<ConstBytes>&, const Digest&) {});
  if (!whole && whole.error().code == Code::DeviceFailed) return whole;
  if (!whole) return copy_was_changed(either(files.place()));
  if (files.root() == sealed.head.root) return {};
  return copy_was_changed(
      fmt::format("its records and tiles are not those that its {} is for", kJournalHeadFile));
}

}  // namespace vitrine::evidence
