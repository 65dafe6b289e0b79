#include "store/file_layer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failure(const char* what, const fs::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT)
    return fail(
        Code::InsufficientStorage,
        fmt::format("There is no room left to {} {}: free space or add a disk.", what, path.string()));
  const auto* advice =
      error == EROFS ? "Check the disk and mount it for writing." : "Check the disk and its permissions.";
  return fail(Code::DeviceFailed,
              fmt::format("Could not {} {}: {}. {}", what, path.string(), std::strerror(error), advice));
}

/// Closes on destruction.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<void> write_at(std::uint64_t offset, ConstBytes bytes) override {
    while (!bytes.empty()) {
      const auto written = ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failure("write", path_, errno);
      offset += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    return read(offset, out, 0);
  }

  Result<std::size_t> read_cached(std::uint64_t offset, MutableBytes out) const override {
    return read(offset, out, RWF_NOWAIT);
  }

  Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
    const auto status =
        ::fallocate(fd(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(length));
    // A file system without preallocation reports a full disk at the write instead.
    if (status != 0 && errno != EOPNOTSUPP) return failure("set room aside in", path_, errno);
    return {};
  }

  Result<void> punch(std::uint64_t offset, std::uint64_t length) override {
    const auto status = ::fallocate(fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                    static_cast<off_t>(offset), static_cast<off_t>(length));
    if (status != 0 && errno != EOPNOTSUPP) return failure("free room in", path_, errno);
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd(), static_cast<off_t>(size)) != 0) return failure("truncate", path_, errno);
    return {};
  }

  void start_writing(std::uint64_t offset, std::uint64_t length) override {
    ::sync_file_range(fd(), static_cast<off_t>(offset), static_cast<off_t>(length), SYNC_FILE_RANGE_WRITE);
  }

  Result<void> sync() override {
    if (::fdatasync(fd()) != 0) return failure("sync", path_, errno);
    return {};
  }

  Result<std::uint64_t> size() const override {
    struct stat status{};
    if (::fstat(fd(), &status) != 0) return failure("examine", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::uint64_t> room() const override {
    constexpr std::uint64_t kBlockBytes = 512;  // whatever the file system's own are
    struct stat status{};
    if (::fstat(fd(), &status) != 0) return failure("examine", path_, errno);
    return static_cast<std::uint64_t>(status.st_blocks) * kBlockBytes;
  }

 private:
  [[nodiscard]] int fd() const { return descriptor_.get(); }

  Result<std::size_t> read(std::uint64_t offset, MutableBytes out, int flags) const {
    std::size_t done = 0;
    while (done < out.size()) {
      const iovec vector{out.data() + done, out.size() - done};
      const auto got = ::preadv2(fd(), &vector, 1, static_cast<off_t>(offset + done), flags);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && flags != 0 && (errno == EAGAIN || errno == EOPNOTSUPP)) break;
      if (got < 0) return failure("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Descriptor descriptor_;
  fs::path path_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

class PosixFileLayer final : public FileLayer {
 public:
  Result<std::unique_ptr<File>> create(const fs::path& path) override {
    return open_with(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, "create");
  }

  Result<std::unique_ptr<File>> open(const fs::path& path) override {
    return open_with(path, O_RDWR | O_CLOEXEC, "open");
  }

  Result<std::unique_ptr<File>> open_for_reading(const fs::path& path) override {
    return open_with(path, O_RDONLY | O_CLOEXEC, "open");
  }

  Result<void> remove(const fs::path& path) override {
    if (::unlink(path.c_str()) != 0) return failure("remove", path, errno);
    return {};
  }

  Result<void> remove_directory(const fs::path& path) override {
    if (::rmdir(path.c_str()) != 0) return failure("remove", path, errno);
    return {};
  }

  Result<void> rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from, errno);
    return {};
  }

  Result<void> link(const fs::path& file, const fs::path& name) override {
    if (::link(file.c_str(), name.c_str()) != 0) return failure("link", file, errno);
    return {};
  }

  Result<std::optional<FileStatus>> status(const fs::path& path) override {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0)
      return FileStatus{static_cast<std::uint64_t>(status.st_size), S_ISDIR(status.st_mode)};
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failure("examine", path, errno);
  }

  Result<void> make_directory(const fs::path& path) override {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    const auto parent = fs::absolute(path).parent_path();
    if (parent != path) TRY(make_directory(parent));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failure("create", path, errno);
    return sync_directory(parent);
  }

  Result<void> sync_directory(const fs::path& path) override {
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return failure("sync", path, errno);
    return {};
  }

  Result<std::vector<std::string>> list(const fs::path& path) override {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
      names.push_back(it->path().filename().string());
    if (error) return failure("list", path, error.value());
    return names;
  }

  Result<std::unique_ptr<FileLock>> lock(const fs::path& path) override {
    int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (opened < 0 && errno == EROFS) opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    Descriptor descriptor(opened);
    if (descriptor.get() >= 0 && ::flock(descriptor.get(), LOCK_EX | LOCK_NB) == 0)
      return std::make_unique<PosixFileLock>(std::move(descriptor));
    if (descriptor.get() >= 0 && errno == EWOULDBLOCK)
      return fail(Code::ServerBusy, fmt::format("{} is locked by another process.", path.string()));
    return failure("lock", path, errno);
  }

  Result<std::uint64_t> free_room(const fs::path& path) override {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) return failure("examine", path, errno);
    return std::uint64_t{status.f_bavail} * status.f_frsize;
  }

 private:
  static Result<std::unique_ptr<File>> open_with(const fs::path& path, int flags, const char* what) {
    Descriptor descriptor(::open(path.c_str(), flags, 0600));
    if (descriptor.get() < 0) return failure(what, path, errno);
    return std::make_unique<PosixFile>(std::move(descriptor), path);
  }
};

}  // namespace

Result<void> remove_tree(FileLayer& files, const fs::path& directory) {
  if (!TRY(files.status(directory))) return {};
  for (const auto& name : TRY(files.list(directory))) {
    const auto inside = directory / name;
    const auto status = TRY(files.status(inside));
    if (status && status->is_directory)
      TRY(remove_tree(files, inside));
    else if (status)
      TRY(files.remove(inside));
  }
  return files.remove_directory(directory);
}

Result<void> replace_content(FileLayer& files, const fs::path& file, ConstBytes content) {
  auto beside = file;
  beside += ".new";
  if (TRY(files.status(beside))) TRY(files.remove(beside));
  const auto made = TRY(files.create(beside));
  TRY(made->write_at(0, content));
  TRY(made->sync());
  TRY(files.rename(beside, file));
  return files.sync_directory(file.parent_path());
}

FileLayer& posix_file_layer() {
  static PosixFileLayer layer;
  return layer;
}

}  // namespace vitrine::store
