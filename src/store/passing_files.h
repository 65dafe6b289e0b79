// A file layer that passes everything on to the machine's own: what a test overrides, it controls.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/file_layer.h"

namespace vitrine::store {

class PassingFile : public File {
 public:
  explicit PassingFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  Result<void> write_at(std::uint64_t offset, ConstBytes bytes) override {
    return file_->write_at(offset, bytes);
  }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    return file_->read_at(offset, out);
  }
  /// Nothing is ever cached: every read goes the slow way.
  Result<std::size_t> read_cached(std::uint64_t, MutableBytes) const override { return 0; }
  Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
    return file_->allocate(offset, length);
  }
  Result<void> punch(std::uint64_t offset, std::uint64_t length) override {
    return file_->punch(offset, length);
  }
  Result<void> truncate(std::uint64_t size) override { return file_->truncate(size); }
  void start_writing(std::uint64_t offset, std::uint64_t length) override {
    file_->start_writing(offset, length);
  }
  Result<void> sync() override { return file_->sync(); }
  Result<std::uint64_t> size() const override { return file_->size(); }
  Result<std::uint64_t> room() const override { return file_->room(); }

 private:
  std::unique_ptr<File> file_;
};

/// `Wrapped` is made of an open file, its path and a reference to the layer's State.
template <class Wrapped, class State>
class PassingFiles : public FileLayer {
 public:
  State state;

  Result<std::unique_ptr<File>> create(const std::filesystem::path& path) override {
    return std::make_unique<Wrapped>(TRY(real_.create(path)), path, state);
  }
  Result<std::unique_ptr<File>> open(const std::filesystem::path& path) override {
    return std::make_unique<Wrapped>(TRY(real_.open(path)), path, state);
  }
  Result<std::unique_ptr<File>> open_for_reading(const std::filesystem::path& path) override {
    return std::make_unique<Wrapped>(TRY(real_.open_for_reading(path)), path, state);
  }
  Result<void> remove(const std::filesystem::path& path) override { return real_.remove(path); }
  Result<void> remove_directory(const std::filesystem::path& path) override {
    return real_.remove_directory(path);
  }
  Result<void> link(const std::filesystem::path& file, const std::filesystem::path& name) override {
    return real_.link(file, name);
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return real_.rename(from, to);
  }
  Result<std::optional<FileStatus>> status(const std::filesystem::path& path) override {
    return real_.status(path);
  }
  Result<void> make_directory(const std::filesystem::path& path) override {
    return real_.make_directory(path);
  }
  Result<void> sync_directory(const std::filesystem::path& path) override {
    return real_.sync_directory(path);
  }
  Result<std::vector<std::string>> list(const std::filesystem::path& path) override {
    return real_.list(path);
  }
  Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path) override {
    return real_.lock(path);
  }
  Result<std::uint64_t> free_room(const std::filesystem::path& path) override {
    return real_.free_room(path);
  }

 private:
  FileLayer& real_ = posix_file_layer();
};

}  // namespace vitrine::store
