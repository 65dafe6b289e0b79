#include "ledger/journal_files.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace vitrine::ledger {

namespace {

std::optional<std::uint32_t> slot_of(std::string_view folder) {
  std::uint32_t slot = 0;
  const auto [end, error] = std::from_chars(folder.data(), folder.data() + folder.size(), slot, 16);
  if (error != std::errc() || folder != JournalFiles::folder(slot)) return std::nullopt;
  return slot;
}

}  // namespace

std::string JournalFile::path() const {
  return JournalFiles::folder(slot) + "/" + std::visit([](const auto& one) { return tlog::path(one); }, id);
}

std::string JournalFiles::folder(std::uint32_t slot) {
  return fmt::format("{:08x}", slot);
}

Result<Bytes> JournalFiles::read_file(std::uint32_t slot, const std::string& path) const {
  const auto name = directory_ / folder(slot) / path;
  if (!TRY(files_->status(name)))
    return fail(Code::ResourceNotFound, fmt::format("There is no file journals/{}/{}.", folder(slot), path));
  const auto file = TRY(files_->open_for_reading(name));
  Bytes bytes(TRY(file->size()));
  bytes.resize(TRY(file->read_at(0, bytes)));
  return bytes;
}

Result<void> JournalFiles::write_file(std::uint32_t slot, const std::string& path, ConstBytes bytes) {
  const auto name = directory_ / folder(slot) / path;
  TRY(files_->make_directory(name.parent_path()));
  return store::replace_content(*files_, name, bytes);
}

Result<Bytes> JournalFiles::read(std::uint32_t slot, const tlog::TileId& tile) const {
  return read_file(slot, tlog::path(tile));
}
Result<Bytes> JournalFiles::read(std::uint32_t slot, const tlog::BundleId& bundle) const {
  return read_file(slot, tlog::path(bundle));
}
Result<std::vector<JournalFile>> JournalFiles::list() const {
  std::vector<JournalFile> found;
  if (!TRY(files_->status(directory_))) return found;
  for (const auto& name : TRY(files_->list(directory_)))
    if (const auto slot = slot_of(name)) TRY(list(*slot, "tile", found));
  return found;
}

Result<void> JournalFiles::list(std::uint32_t slot, const std::string& inside,
                                std::vector<JournalFile>& found) const {
  for (const auto& name : TRY(files_->list(directory_ / folder(slot) / inside))) {
    const auto path = inside + "/" + name;
    if (const auto id = tlog::parse_tile_path(path)) {
      found.push_back({slot, *id});
      continue;
    }
    const auto status = TRY(files_->status(directory_ / folder(slot) / path));
    if (status && status->is_directory) TRY(list(slot, path, found));
  }
  return {};
}

Result<bool> JournalFiles::has(std::uint32_t slot, const tlog::BundleId& bundle) const {
  return TRY(files_->status(directory_ / folder(slot) / tlog::path(bundle))).has_value();
}
Result<void> JournalFiles::remove(std::uint32_t slot, const tlog::BundleId& bundle) {
  const auto name = directory_ / folder(slot) / tlog::path(bundle);
  if (!TRY(files_->status(name.parent_path()))) return {};
  if (TRY(files_->status(name))) TRY(files_->remove(name));
  // Also when it is not there: an earlier removal may not be durable.
  return files_->sync_directory(name.parent_path());
}
Result<void> JournalFiles::write(std::uint32_t slot, const tlog::TileId& tile, ConstBytes bytes) {
  return write_file(slot, tlog::path(tile), bytes);
}
Result<void> JournalFiles::write(std::uint32_t slot, const tlog::BundleId& bundle, ConstBytes bytes) {
  return write_file(slot, tlog::path(bundle), bytes);
}

}  // namespace vitrine::ledger
