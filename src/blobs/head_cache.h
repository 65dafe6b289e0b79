// Heads that were read lately, opened.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "blobs/container.h"
#include "blobs/name_state.h"
#include "keys/key_directory.h"
#include "store/store.h"

namespace vitrine::blobs {

/// What lies under a key, and the guard that holds as long as it does.
template <class Head>
struct Found {
  std::shared_ptr<const Head> head;  ///< null: nothing
  store::Guard guard;
};

/// Looks heads up. Reading, decrypting and decoding one costs far more than asking the store whether a commit
/// has written its key since: what was read before and did not change is given out again. So every look finds
/// what the store has at that moment. Bounded: a key has a few places, and takes that of the one that was
/// kept there first. Usable from any thread.
class HeadCache {
 public:
  /// Both must outlive it.
  HeadCache(const store::Store& store, const keys::KeyDirectory& keys);
  ~HeadCache();

  /// One account's heads, for a request.
  class Reader {
   public:
    [[nodiscard]] const std::shared_ptr<const keys::DataKeys>& keys() const { return keys_; }
    /// Errors: those of the store; Corrupt; ContentDestroyed.
    Result<Found<ContainerHead>> container(const identity::AccountName& account, const ContainerName& name);
    Result<Found<NameState>> name(const ContainerId& container, const BlobName& name);

   private:
    friend class HeadCache;
    Reader(HeadCache& cache, std::uint64_t clearings, std::shared_ptr<const keys::DataKeys> keys)
        : cache_(cache), clearings_(clearings), keys_(std::move(keys)) {}
    template <class Head>
    Result<Found<Head>> look_up(store::Key key);

    HeadCache& cache_;
    std::uint64_t clearings_;  ///< that there were before the keys were taken
    std::shared_ptr<const keys::DataKeys> keys_;
  };
  /// Errors: those of KeyDirectory::of.
  [[nodiscard]] Result<Reader> of(const identity::AccountName& account);

  /// Forgets everything, also what is being read at this moment: keys were destroyed.
  void clear();
  /// How many looks had to read from the store.
  [[nodiscard]] std::uint64_t reads() const { return reads_.load(std::memory_order_relaxed); }

 private:
  struct Shelves;

  const store::Store& store_;
  const keys::KeyDirectory& keys_;
  std::unique_ptr<Shelves> shelves_;
  std::atomic<std::uint64_t> clearings_ = 0;
  std::atomic<std::uint64_t> reads_ = 0;
};

}  // namespace vitrine::blobs
