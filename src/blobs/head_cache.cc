#include "blobs/head_cache.h"

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "blobs/sealed.h"

namespace vitrine::blobs {
namespace {

/// A head with much metadata would take the room of many others. Bytes of its stored form.
constexpr std::size_t kMostBytes = 1024;
constexpr std::size_t kContainers = 1 << 10;
/// With what a usual blob has, about 25 MiB.
constexpr std::size_t kNames = 1 << 15;

template <class Head>
struct Kept {
  std::size_t hash = 0;  ///< of the key
  std::string key;
  store::Version version = 0;
  store::Version read_at = 0;
  std::shared_ptr<const Head> head;
};

/// Places for heads of one kind, a few to a row; a key belongs into one of the rows.
template <class Head>
class Shelf {
 public:
  explicit Shelf(std::size_t places) : rows_(places / kRow) {}

  /// The head with its versions, if it is there.
  std::optional<Kept<Head>> find(const std::string& key) {
    const auto hash = hash_of(key);
    const auto row = row_of(hash);
    const std::lock_guard lock(mutex_of(row));
    for (const auto& kept : rows_[row].places)
      if (kept.head && kept.hash == hash && kept.key == key)
        return Kept<Head>{hash, {}, kept.version, kept.read_at, kept.head};
    return std::nullopt;
  }

  /// Unless `may_keep` says under the row's lock that it is too late.
  template <class MayKeep>
  void keep(Kept<Head> head, const MayKeep& may_keep) {
    head.hash = hash_of(head.key);
    const auto row = row_of(head.hash);
    const std::lock_guard lock(mutex_of(row));
    if (may_keep()) std::swap(rows_[row].place_for(head), head);
  }

  void clear() {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const std::lock_guard lock(mutex_of(row));
      rows_[row] = {};
    }
  }

 private:
  static constexpr std::size_t kRow = 4;
  struct Row {
    std::array<Kept<Head>, kRow> places;
    std::size_t oldest = 0;

    /// The one of the same key, so that there are never two, or the oldest.
    Kept<Head>& place_for(const Kept<Head>& head) {
      for (auto& kept : places)
        if (kept.hash == head.hash && kept.key == head.key) return kept;
      return places[std::exchange(oldest, (oldest + 1) % kRow)];
    }
  };

  static std::size_t hash_of(const std::string& key) { return std::hash<std::string>()(key); }
  [[nodiscard]] std::size_t row_of(std::size_t hash) const { return hash % rows_.size(); }
  std::mutex& mutex_of(std::size_t row) { return mutexes_.at(row % mutexes_.size()); }

  std::vector<Row> rows_;
  std::array<std::mutex, 64> mutexes_;
};

template <class Head>
Result<Head> decode(std::string_view bytes) {
  if constexpr (std::is_same_v<Head, ContainerHead>)
    return decode_container(bytes);
  else
    return decode_name_state(bytes);
}

}  // namespace

struct HeadCache::Shelves {
  std::tuple<Shelf<ContainerHead>, Shelf<NameState>> by_kind{kContainers, kNames};
};

HeadCache::HeadCache(const store::Store& store, const keys::KeyDirectory& keys)
    : store_(store), keys_(keys), shelves_(std::make_unique<Shelves>()) {}
HeadCache::~HeadCache() = default;

Result<HeadCache::Reader> HeadCache::of(const identity::AccountName& account) {
  const auto clearings = clearings_.load(std::memory_order_acquire);
  return Reader(*this, clearings, TRY(keys_.of(account.text())));
}

void HeadCache::clear() {
  clearings_.fetch_add(1, std::memory_order_acq_rel);
  std::apply([](auto&... shelf) { (shelf.clear(), ...); }, shelves_->by_kind);
}

template <class Head>
Result<Found<Head>> HeadCache::Reader::look_up(store::Key key) {
  auto& shelf = std::get<Shelf<Head>>(cache_.shelves_->by_kind);
  if (auto kept = shelf.find(key.bytes))
    if (const auto read_at = cache_.store_.unchanged_since(key, kept->read_at))
      return Found<Head>{std::move(kept->head), {std::move(key), kept->version, *read_at}};

  cache_.reads_.fetch_add(1, std::memory_order_relaxed);
  const auto entry = TRY(cache_.store_.look_up(key));
  Found<Head> found{nullptr, entry.guard(key.table)};
  if (!entry.exists()) return found;
  found.head = std::make_shared<const Head>(TRY(decode<Head>(TRY(open(*keys_, key, entry.value)))));
  // One of a round that is not known to be durable yet is for this look alone.
  if (entry.value.size() <= kMostBytes && entry.version <= entry.read_at)
    shelf.keep({0, std::move(key.bytes), entry.version, entry.read_at, found.head},
               [&] { return clearings_ == cache_.clearings_.load(std::memory_order_acquire); });
  return found;
}

Result<Found<ContainerHead>> HeadCache::Reader::container(const identity::AccountName& account,
                                                          const ContainerName& name) {
  return look_up<ContainerHead>(container_key(account, name));
}

Result<Found<NameState>> HeadCache::Reader::name(const ContainerId& container, const BlobName& name) {
  return look_up<NameState>(blob_key(container, name));
}

}  // namespace vitrine::blobs
