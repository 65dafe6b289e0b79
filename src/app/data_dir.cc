#include "app/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/mac.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeastToken = 32;
constexpr std::string_view kMark = "This data directory was made with --dev and stays one for development.\n";

Result<bool> is_there(const fs::path& file) {
  std::error_code error;
  auto there = fs::exists(file, error);
  if (!error) return there;
  return fail(Code::DeviceFailed, fmt::format("Reading {} failed: {}.", file.string(), error.message()));
}

/// False also for a folder that is missing.
constexpr std::string_view kWhereKeysAre =
    "put it back from where you keep your keys (only a backup made --with-keys has them)";

Result<bool> holds_anything(const fs::path& folder) {
  std::error_code error;
  const fs::directory_iterator first(folder, error);
  if (!error) return first != fs::directory_iterator();
  if (error == std::errc::no_such_file_or_directory) return false;
  return fail(Code::DeviceFailed, fmt::format("Reading {} failed: {}.", folder.string(), error.message()));
}

Result<void> make_root(const fs::path& root) {
  std::error_code error;
  fs::create_directories(root, error);
  if (!error) return {};
  return fail(Code::DeviceFailed,
              fmt::format("The data directory {} cannot be made: {}. Choose another with --data-dir.",
                          root.string(), error.message()));
}

Result<DirectoryLock> lock(const fs::path& root) {
  auto descriptor = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(Code::DeviceFailed,
                fmt::format("The data directory {} cannot be read: {}. Choose another with --data-dir.",
                            root.string(), std::generic_category().message(errno)));
  DirectoryLock held(descriptor);
  // A file system without such locks leaves it to the store's own.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return held;
  return fail(Code::Unavailable, fmt::format("Another server runs on the data directory {}.", root.string()));
}

/// A directory is for development or for production from its beginning on.
Result<void> settle_kind(const DataDir& data, bool dev, bool is_new) {
  auto marked = TRY(is_there(data.development()));
  if (marked == dev) return {};
  if (marked)
    return fail(Code::InvalidInput,
                fmt::format("The data directory {} was made with --dev and has a key that everybody knows: "
                            "start it with --dev, or choose another with --data-dir.",
                            data.root.string()));
  if (!is_new)
    return fail(Code::InvalidInput,
                fmt::format("The data directory {} was made without --dev, which would add a key that "
                            "everybody knows: start it without --dev, or choose another with --data-dir.",
                            data.root.string()));
  return replace_file(data.development(), as_bytes(kMark));
}

/// Whether a server has once got as far as serving with the keys that are there.
Result<bool> keys_have_served(const DataDir& data) {
  return TRY(is_there(data.log_key())) && TRY(is_there(data.operator_token()));
}

/// Tables are made before any body, any checkpoint and the operator's token: where only those are, new tables
/// would hide the loss.
Result<void> check_metadata(const DataDir& data) {
  if (TRY(has_metadata(data))) return {};
  if (!TRY(holds_anything(data.store() / "extents")) && !TRY(is_there(data.log() / "checkpoint")) &&
      !TRY(keys_have_served(data)))
    return {};
  return fail(Code::Corrupt,
              fmt::format("{} is missing or empty, and nobody knows without it what was stored: see that its "
                          "disk is mounted, or restore the data directory from a backup. To begin a new "
                          "store and a new public log, name an empty --data-dir.",
                          data.metadata().string()));
}

Result<void> make_keys_folder(const DataDir& data) {
  std::error_code error;
  auto keys = data.operator_token().parent_path();
  fs::create_directories(keys, error);
  if (error)
    return fail(Code::DeviceFailed,
                fmt::format("The folder {} cannot be made: {}.", keys.string(), error.message()));
  // Where that is so already, a disk that takes no writes is not asked for one; whoever needs it says so.
  if (fs::status(keys, error).permissions() == fs::perms::owner_all) return {};
  fs::permissions(keys, fs::perms::owner_all, error);
  if (!error) return {};
  if (error == std::errc::read_only_file_system)
    return fail(
        Code::DeviceFailed,
        fmt::format("The folder {} cannot be closed to others: its file system is read-only. Check the "
                    "disk and mount it for writing.",
                    keys.string()));
  return fail(Code::DeviceFailed,
              fmt::format("The folder {} cannot be closed to others: {}. It must belong to the user that the "
                          "server runs as, on a file system that keeps permissions.",
                          keys.string(), error.message()));
}

}  // namespace

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<DirectoryLock> occupy(const DataDir& data) {
  auto held = TRY(lock(data.root));
  if (TRY(is_there(data.restore_unfinished())))
    return fail(Code::Corrupt, fmt::format("A backup was restored into {} only in part: empty the directory "
                                           "and restore it again.",
                                           data.root.string()));
  return held;
}

Result<DirectoryLock> prepare(const DataDir& data, bool dev) {
  TRY(make_root(data.root));
  auto held = TRY(occupy(data));
  auto has_key = TRY(is_there(data.log_key()));
  auto has_store = TRY(is_there(data.store()));
  auto has_log = has_store || TRY(is_there(data.log()));
  if (has_log && !has_key)
    return fail(Code::Corrupt,
                fmt::format("The data directory {} holds a log, but keys/log.key of this log is "
                            "missing: {}.",
                            data.root.string(), kWhereKeysAre));
  TRY(check_metadata(data));
  TRY(settle_kind(data, dev, !has_log && !has_key));
  TRY(make_keys_folder(data));
  return held;
}

Result<bool> has_metadata(const DataDir& data) {
  return holds_anything(data.metadata());
}

Result<void> check_operator_key(const DataDir& data) {
  if (!TRY(is_there(data.store())) || TRY(is_there(data.operator_key()))) return {};
  return fail(
      Code::Corrupt,
      fmt::format("The data directory {} holds a store, but keys/operator.key, without which nothing "
                  "in it can be read, is missing: {}; or give --key-command if a program holds the key.",
                  data.root.string(), kWhereKeysAre));
}

Result<void> check_restored(const DataDir& data) {
  if (!TRY(is_there(data.restored())) || TRY(is_there(data.log() / "checkpoint"))) return {};
  return fail(
      Code::Unavailable,
      fmt::format("{} was made from a backup. Its public log may have gone on since then, and going on "
                  "from here would show a second history: put the newest checkpoint that was "
                  "published, from the lost server's log/ or a mirror, to {}. If it did go on, `vitrine "
                  "recover` brings the directory up to it.",
                  data.root.string(), (data.log() / "checkpoint").string()));
}

Result<void> forget_restored(const DataDir& data) {
  std::error_code error;
  fs::remove(data.restored(), error);
  if (!error) return {};
  return fail(Code::DeviceFailed,
              fmt::format("Removing {} failed: {}.", data.restored().string(), error.message()));
}

Result<std::string> read_operator_token(const fs::path& file) {
  auto text = TRY(read_file(file));
  auto token = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  if (token.size() >= kLeastToken && token.find_first_of(" \r\n") == std::string::npos) return token;
  return fail(Code::Corrupt,
              fmt::format("{} does not hold one line of at least {} characters; remove it and the "
                          "server makes a new one.",
                          file.string(), kLeastToken));
}

Result<std::string> load_or_create_operator_token(const DataDir& data) {
  auto stored = read_operator_token(data.operator_token());
  if (stored || stored.error().code != Code::ResourceNotFound) return stored;
  auto token = to_hex(crypto::random_array<32>());
  TRY(replace_file(data.operator_token(), as_bytes(token + "\n"), FileAccess::OwnerOnly));
  return token;
}

}  // namespace vitrine::app
