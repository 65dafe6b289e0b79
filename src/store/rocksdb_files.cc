#include "store/rocksdb_files.h"

#include <rocksdb/file_system.h>

#include <utility>

#include "store/manifest.h"

namespace vitrine::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

template <class T>
IOStatus status_of(const Result<T>& result) {
  return result ? IOStatus::OK() : io_status(result.error());
}

/// RocksDB takes less than it asked for as the end of the file, and aborts when more follows.
IOStatus read(const File& file, std::uint64_t offset, std::size_t size, Slice* out, char* scratch) {
  *out = Slice(scratch, 0);
  const auto got = file.read_at(offset, {reinterpret_cast<std::uint8_t*>(scratch), size});
  if (!got) return status_of(got);
  if (*got < size) {
    const auto length = file.size();
    if (!length) return status_of(length);
    if (offset + *got < *length) return IOStatus::IOError("A read ended before the end of the file.");
  }
  *out = Slice(scratch, *got);
  return IOStatus::OK();
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  IOStatus Read(std::size_t size, const IOOptions&, Slice* out, char* scratch, IODebugContext*) override {
    auto status = read(*file_, at_, size, out, scratch);
    at_ += out->size();
    return status;
  }
  IOStatus Skip(std::uint64_t bytes) override {
    at_ += bytes;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions&, Slice* out, char* scratch,
                IODebugContext*) const override {
    return read(*file_, offset, size, out, scratch);
  }

 private:
  std::unique_ptr<File> file_;
};

/// Behaves as RocksDB's own: room set aside in front of the end is given back at the close.
class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(std::unique_ptr<File> file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  // Hides no overload: those with a checksum to verify are not used.
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const auto written = file_->write_at(size_, as_bytes({data.data(), data.size()}));
    if (written) size_ += data.size();
    return status_of(written);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    const auto truncated = file_->truncate(size);
    if (truncated) size_ = size;
    return status_of(truncated);
  }
  IOStatus Allocate(std::uint64_t offset, std::uint64_t length, const IOOptions&, IODebugContext*) override {
    allocated_ = true;
    return status_of(file_->allocate(offset, length));
  }
  IOStatus RangeSync(std::uint64_t offset, std::uint64_t length, const IOOptions&, IODebugContext*) override {
    file_->start_writing(offset, length);
    return IOStatus::OK();
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return status_of(file_->sync()); }
  [[nodiscard]] bool IsSyncThreadSafe() const override { return true; }
  IOStatus Close(const IOOptions&, IODebugContext*) override {
    return std::exchange(allocated_, false) ? status_of(file_->truncate(size_)) : IOStatus::OK();
  }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t size_;
  bool allocated_ = false;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(FileLayer& files, std::string path) : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return status_of(files_.sync_directory(path_));
  }

 private:
  FileLayer& files_;
  std::string path_;
};

class HeldLock final : public rocksdb::FileLock {
 public:
  explicit HeldLock(std::unique_ptr<store::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  std::unique_ptr<store::FileLock> lock_;
};

class FileSystem final : public rocksdb::FileSystem {
 public:
  explicit FileSystem(FileLayer& files) : files_(files) {}

  [[nodiscard]] const char* Name() const override { return "vitrine file layer"; }

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* out, IODebugContext*) override {
    return make<SequentialFile>(files_.open_for_reading(path), out);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* out, IODebugContext*) override {
    return make<RandomAccessFile>(files_.open_for_reading(path), out);
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext*) override {
    const auto existing = files_.status(path);
    if (!existing) return status_of(existing);
    if (*existing)
      if (auto removed = files_.remove(path); !removed) return status_of(removed);
    return make<WritableFile>(files_.create(path), out, std::uint64_t{0});
  }
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext* debug) override {
    const auto existing = files_.status(path);
    if (!existing) return status_of(existing);
    if (!*existing) return NewWritableFile(path, options, out, debug);
    return make<WritableFile>(files_.open(path), out, (*existing)->size);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&, std::unique_ptr<rocksdb::FSDirectory>* out,
                        IODebugContext*) override {
    *out = std::make_unique<Directory>(files_, path);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    const auto status = files_.status(path);
    if (!status) return status_of(status);
    return *status ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* out,
                       IODebugContext*) override {
    auto names = files_.list(path);
    if (names) *out = std::move(*names);
    return status_of(names);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(files_.remove(path));
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(files_.make_directory(path));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(files_.make_directory(path));
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(files_.remove_directory(path));
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* out,
                       IODebugContext*) override {
    return examine(path, [&](const FileStatus& status) { *out = status.size; });
  }
  IOStatus GetFileModificationTime(const std::string& path, const IOOptions&, std::uint64_t* out,
                                   IODebugContext*) override {
    return examine(path, [&](const FileStatus&) { *out = 0; });
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* out, IODebugContext*) override {
    return examine(path, [&](const FileStatus& status) { *out = status.is_directory; });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return status_of(files_.rename(from, to));
  }
  IOStatus LinkFile(const std::string& file, const std::string& name, const IOOptions&,
                    IODebugContext*) override {
    return status_of(files_.link(file, name));
  }
  IOStatus GetFreeSpace(const std::string& path, const IOOptions&, std::uint64_t* out,
                        IODebugContext*) override {
    const auto room = files_.free_room(path);
    if (room) *out = *room;
    return status_of(room);
  }

  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** out,
                    IODebugContext*) override {
    *out = nullptr;
    auto lock = files_.lock(path);
    if (lock) *out = new HeldLock(std::move(*lock));
    return status_of(lock);
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock;
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported("test directory");
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* out,
                           IODebugContext*) override {
    *out = std::filesystem::absolute(path).string();
    return IOStatus::OK();
  }

 private:
  template <class Made, class Base, class... More>
  static IOStatus make(Result<std::unique_ptr<File>> file, std::unique_ptr<Base>* out, More... more) {
    if (!file) return status_of(file);
    *out = std::make_unique<Made>(std::move(*file), more...);
    return IOStatus::OK();
  }
  template <class Look>
  IOStatus examine(const std::string& path, const Look& look) {
    const auto status = files_.status(path);
    if (!status) return status_of(status);
    if (!*status) return IOStatus::NotFound(path);
    look(**status);
    return IOStatus::OK();
  }

  FileLayer& files_;
};

}  // namespace

IOStatus io_status(const Error& error) {
  return error.code == Code::InsufficientStorage ? IOStatus::NoSpace(error.message)
                                                 : IOStatus::IOError(error.message);
}

std::unique_ptr<rocksdb::Env> make_env(FileLayer& files, const std::filesystem::path& directory) {
  auto system =
      &files == &posix_file_layer() ? rocksdb::FileSystem::Default() : std::make_shared<FileSystem>(files);
  return rocksdb::NewCompositeEnv(note_manifest_syncs(system, files, directory));
}

}  // namespace vitrine::store
