#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace vitrine {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(const char* doing, const fs::path& file, int error) {
  auto code = error == ENOSPC || error == EDQUOT ? Code::InsufficientStorage : Code::DeviceFailed;
  return fail(code,
              fmt::format("{} {} failed: {}.", doing, file.string(), std::generic_category().message(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

enum class Sync { Now, Later };

Result<void> write_whole(const fs::path& file, ConstBytes content, FileAccess access, Sync sync) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                        access == FileAccess::OwnerOnly ? 0600 : 0644));
  if (out.get() < 0) return failed("Creating", file, errno);
  while (!content.empty()) {
    auto written = ::write(out.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("Writing", file, errno);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  if (sync == Sync::Now && ::fsync(out.get()) != 0) return failed("Syncing", file, errno);
  return {};
}

Result<void> sync_directory(const fs::path& directory) {
  Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return failed("Syncing", directory, errno);
  return {};
}

Result<void> replace(const fs::path& file, ConstBytes content, FileAccess access, Sync sync) {
  auto directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return failed("Creating", directory, error.value());
  auto beside = file;
  beside += ".new";
  TRY(write_whole(beside, content, access, sync));
  if (::rename(beside.c_str(), file.c_str()) != 0) return failed("Renaming", beside, errno);
  return sync == Sync::Now ? sync_directory(directory) : Result<void>();
}

/// A descriptor that is one: what open() answered. Errors: ResourceNotFound, DeviceFailed.
Result<void> check_opened(const Descriptor& opened, const fs::path& file, int error) {
  if (opened.get() >= 0) return {};
  if (error == ENOENT || error == ENOTDIR)
    return fail(Code::ResourceNotFound, fmt::format("There is no {}.", file.string()));
  return failed("Opening", file, error);
}

/// Up to its end, or to the first byte behind `most`.
Result<std::string> read_on(const Descriptor& in, const fs::path& file, std::size_t most) {
  std::string content;
  std::array<char, std::size_t{64} << 10> piece;
  for (;;) {
    auto got = ::read(in.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("Reading", file, errno);
    if (got == 0) return content;
    content.append(piece.data(), static_cast<std::size_t>(got));
    if (content.size() > most) return content;
  }
}

}  // namespace

Result<std::string> read_file(const fs::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  TRY(check_opened(in, file, errno));
  return read_on(in, file, SIZE_MAX);
}

Result<std::string> read_regular_file(const fs::path& file, std::size_t most) {
  // Not waiting for who writes to a pipe.
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  TRY(check_opened(in, file, errno));
  struct stat about{};
  if (::fstat(in.get(), &about) != 0) return failed("Reading", file, errno);
  if (S_ISDIR(about.st_mode)) return failed("Reading", file, EISDIR);
  if (!S_ISREG(about.st_mode))
    return fail(Code::Corrupt, fmt::format("{} is no regular file.", file.string()));
  auto content = TRY(read_on(in, file, most));
  if (content.size() <= most) return content;
  return fail(Code::Corrupt,
              fmt::format("{} has more than {} bytes, which no file of its kind has.", file.string(), most));
}

Result<void> replace_file(const fs::path& file, ConstBytes content, FileAccess access) {
  return replace(file, content, access, Sync::Now);
}

Result<void> replace_file_unsynced(const fs::path& file, ConstBytes content) {
  return replace(file, content, FileAccess::Everyone, Sync::Later);
}

Result<void> sync_file_system(const fs::path& directory) {
  Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::syncfs(opened.get()) != 0) return failed("Syncing", directory, errno);
  return {};
}

}  // namespace vitrine
