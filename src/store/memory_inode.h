// A file's bytes in memory, and which of them a power cut may take.
#pragma once

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace vitrine::store {

/// What a sync has made durable, and what was done since.
struct MemoryInode {
  /// What was done to a file since its last sync.
  struct Change {
    std::uint64_t offset;
    Bytes bytes;
    bool truncates = false;
  };

  Bytes now, durable;
  std::vector<Change> unsynced;
  std::uint64_t allocated = 0;

  static void apply(Bytes& bytes, const Change& change, std::uint64_t from, std::uint64_t size) {
    if (change.truncates) return bytes.resize(change.offset);
    bytes.resize(std::max<std::size_t>(bytes.size(), change.offset + from + size));
    std::copy_n(change.bytes.begin() + static_cast<std::ptrdiff_t>(from), size,
                bytes.begin() + static_cast<std::ptrdiff_t>(change.offset + from));
  }
  void change(Change done) {
    apply(now, done, 0, done.bytes.size());
    unsynced.push_back(std::move(done));
  }
  void sync() {
    for (const auto& done : unsynced) apply(durable, done, 0, done.bytes.size());
    unsynced.clear();
  }
  void lose_some(std::mt19937& random) {
    // All, nothing, or any of the sectors.
    constexpr std::uint64_t kSector = 512;
    const auto kept_of_four = random() % 5;
    for (const auto& done : unsynced) {
      for (std::uint64_t at = 0, size = 0; at < done.bytes.size(); at += size) {
        size = std::min(kSector - (done.offset + at) % kSector, done.bytes.size() - at);
        if (random() % 4 < kept_of_four) apply(durable, done, at, size);
      }
      if (done.truncates && random() % 4 < kept_of_four) apply(durable, done, 0, 0);
    }
    unsynced.clear();
    now = durable;
    allocated = 0;
  }
  [[nodiscard]] std::uint64_t room() const { return std::max<std::uint64_t>(now.size(), allocated); }
};

}  // namespace vitrine::store
