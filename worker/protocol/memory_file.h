// Bytes shared between processes without a copy: anonymous files that live in memory (memfd_create).
#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::worker {

/// An owned file descriptor; closed on destruction.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// A read-only view of a whole file in memory; unmapped on destruction.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept : view_(std::exchange(other.view_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(view_, other.view_);
    return *this;
  }
  ~Mapping();

  /// The first `size` bytes of the file. Reading them cannot fault only if the file is sealed.
  static Result<Mapping> of(const Descriptor& file, std::uint64_t size);

  [[nodiscard]] ConstBytes bytes() const { return view_; }

 private:
  ConstBytes view_;
};

/// A growing anonymous file that becomes unchangeable: written by one side, then sealed, then read
/// by the other, which need not trust the writer to leave it alone.
class MemoryFile {
 public:
  /// An empty file. Errors: Unavailable (the process is out of descriptors).
  static Result<MemoryFile> create();
  /// Takes over a file that another process has written. Nothing is checked before seal().
  static MemoryFile adopt(Descriptor file) { return MemoryFile(std::move(file)); }

  /// Errors: InsufficientStorage.
  Result<void> append(ConstBytes bytes);
  /// From here on nobody can write, grow or shrink it, whoever else holds it.
  /// Errors: Corrupt (somebody keeps a writable mapping of it).
  Result<void> seal();
  /// Precondition: sealed. Errors: Unavailable.
  [[nodiscard]] Result<Mapping> map() const;
  /// Errors: DeviceFailed.
  [[nodiscard]] Result<std::uint64_t> size() const;
  [[nodiscard]] const Descriptor& descriptor() const { return file_; }

 private:
  explicit MemoryFile(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace vitrine::worker
