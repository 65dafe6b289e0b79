// Moves the bytes of backups, counted, digested and no faster than allowed.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "base/bytes.h"
#include "base/error.h"
#include "base/pace.h"
#include "crypto/digest.h"
#include "store/file_layer.h"

namespace vitrine::backup {

/// How fast a backup's work may go, when it is to end early, and how far it is.
struct Effort {
  std::uint64_t bytes_per_second = 0;  ///< 0: no bound
  std::stop_token stop{};
  /// Counts the bytes read, where somebody wants to know.
  std::atomic<std::uint64_t>* bytes = nullptr;
};

/// Spends an effort. One thread at a time.
class Spending {
 public:
  explicit Spending(const Effort& effort) : effort_(effort), pace_(effort.bytes_per_second) {}
  /// Errors: Cancelled when it is to end.
  Result<void> spend(std::uint64_t bytes);

 private:
  const Effort effort_;
  Pace pace_;
};

/// Reads a file from its beginning; never writes to it, so that a backup may lie on a read-only disk.
class Source {
 public:
  /// Errors: Corrupt when there is no such file, DeviceFailed.
  static Result<Source> open(store::FileLayer& files, const std::filesystem::path& file);
  /// Fills `out` unless the file ends; the number of bytes read. Errors: DeviceFailed.
  Result<std::size_t> read(MutableBytes out);
  [[nodiscard]] std::uint64_t length() const { return length_; }

 private:
  Source(std::unique_ptr<store::File> file, std::uint64_t length) : file_(std::move(file)), length_(length) {}

  std::unique_ptr<store::File> file_;
  std::uint64_t length_;
  std::uint64_t at_ = 0;
};

/// Writes a new file from its beginning and digests it.
class Sink {
 public:
  /// A file that a crash left there is replaced. Errors: InsufficientStorage, DeviceFailed.
  static Result<Sink> create(store::FileLayer& files, const std::filesystem::path& file);
  Result<void> write(ConstBytes bytes);
  /// Makes it durable but for its directory entry; the digest of everything.
  Result<crypto::Sha256Digest> finish();
  [[nodiscard]] std::uint64_t length() const { return length_; }

 private:
  explicit Sink(std::unique_ptr<store::File> file) : file_(std::move(file)) {}

  std::unique_ptr<store::File> file_;
  crypto::Sha256 hasher_;
  std::uint64_t length_ = 0;
};

/// How long a file is, and its SHA-256.
struct Content {
  crypto::Sha256Digest digest{};
  std::uint64_t length = 0;
};

/// Errors: Corrupt when there is no such file, DeviceFailed, InsufficientStorage, Cancelled.
Result<Content> copy_file(store::FileLayer& from_files, const std::filesystem::path& from,
                          store::FileLayer& files, const std::filesystem::path& to, Spending& spending);
Result<Content> content_of(store::FileLayer& files, const std::filesystem::path& file, Spending& spending);

}  // namespace vitrine::backup
