// A disk whose metadata log fails to sync, for tests of what that does to who commits.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "store/passing_files.h"
#include "store/store.h"

namespace vitrine::store {

/// How the metadata log's syncs go.
enum class Sync : std::uint8_t {
  Works,
  LosesTheData,         ///< an error, and what was written since the last sync is gone
  KeepsTheData,         ///< an error, though everything is there
  NothingWorks,         ///< and no file can be made either
  KeepsTheDataAndDies,  ///< an error, though everything is there, and then nothing works
};

struct LogDisk {
  std::atomic<Sync> sync = Sync::Works;
};

class LogFile final : public PassingFile {
 public:
  LogFile(std::unique_ptr<File> file, const std::filesystem::path& path, LogDisk& disk)
      : PassingFile(std::move(file)), is_log_(path.extension() == ".log"), disk_(disk) {
    if (const auto size = PassingFile::size()) synced_ = *size;
  }

  Result<void> write_at(std::uint64_t offset, ConstBytes bytes) override {
    if (disk_.sync == Sync::NothingWorks) return fail(Code::DeviceFailed, "The disk does not answer.");
    TRY(PassingFile::write_at(offset, bytes));
    end_ = offset + bytes.size();
    return {};
  }
  Result<void> sync() override {
    if (!is_log_ || disk_.sync == Sync::Works) {
      TRY(PassingFile::sync());
      synced_ = end_;
      return {};
    }
    if (disk_.sync == Sync::KeepsTheDataAndDies)
      disk_.sync = Sync::NothingWorks;
    else if (disk_.sync != Sync::KeepsTheData)
      TRY(PassingFile::truncate(synced_));
    return fail(Code::DeviceFailed, "The disk could not write.");
  }

 private:
  const bool is_log_;
  LogDisk& disk_;
  std::uint64_t synced_ = 0;
  std::uint64_t end_ = 0;
};

using FailingLog = PassingFiles<LogFile, LogDisk>;

inline void wait_until_commits_are_taken(const Store& store) {
  while (!store.takes_commits()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace vitrine::store
