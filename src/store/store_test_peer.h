// What the store's own tests and benchmark share.
#pragma once

#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "base/task.h"
#include "store/access.h"
#include "store/store.h"

namespace vitrine::store {

/// Stands in for the Ledger and its Committed.
class StoreTestPeer {
 public:
  static CommitAccess commit_access() { return {}; }
  static ReadAccess read_access() { return {}; }
};

/// The data keys of an account that the tests play with: two epochs.
inline const keys::DataKeys& test_keys() {
  static const keys::DataKeys keys([] {
    std::vector<keys::DataKey> made;
    for (keys::Epoch epoch : {1, 2}) {
      crypto::Aes256Key key;
      key.fill(static_cast<std::uint8_t>(epoch));
      made.emplace_back(epoch, key, keys::Owner{42});
    }
    return made;
  }());
  return keys;
}

/// A directory of its own, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "vitrine-store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::terminate();
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <class T>
Task<void> deliver(Task<T> task, std::optional<T>& out) {
  out.emplace(co_await std::move(task));
}

/// Runs one coroutine to its end on an io_context of its own.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context io(1);
  std::optional<T> out;
  boost::asio::co_spawn(io, deliver(std::move(task), out), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  return std::move(*out);
}

inline Result<Position> commit(Store& store, Commit commit) {
  return run(store.commit(StoreTestPeer::commit_access(), std::move(commit)));
}

/// A finished segment that no commit has adopted.
inline Task<Result<Segment>> write_segment(Store& store, Bytes body) {
  const auto writer = store.new_segment(test_keys().current(), body.size());
  CO_TRY(co_await writer->append(body));
  auto segment = co_await writer->finish();
  co_return segment;
}

/// From its begin.
inline Task<Result<SegmentReader>> open_segment(Store& store, SegmentId id, std::uint64_t length) {
  auto reader = co_await store.open_segment(StoreTestPeer::read_access(), test_keys(), id, {0, length});
  co_return reader;
}

inline Task<Result<Bytes>> read_all(SegmentReader& reader) {
  Bytes all;
  while (reader.remaining() > 0) append(all, CO_TRY(co_await reader.next()));
  co_return all;
}

inline Task<Result<Bytes>> read_segment(Store& store, SegmentId id, std::uint64_t length) {
  auto reader = CO_TRY(co_await open_segment(store, id, length));
  auto all = co_await read_all(reader);
  co_return all;
}

/// Damages a byte of a file.
inline void flip(const std::filesystem::path& file, std::uint64_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  const auto byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(byte ^ 1));
}

}  // namespace vitrine::store
