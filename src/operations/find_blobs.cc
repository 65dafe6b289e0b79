#include "operations/find_blobs.h"

#include <algorithm>
#include <map>

#include "blobs/sealed.h"
#include "blobs/tag_index.h"
#include "operations/marker.h"
#include "operations/settle.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

/// Rows that one page looks at: a search of which most rows of its first tag do not fit the others ends its
/// pages early instead of keeping everybody waiting.
constexpr std::size_t kMostRows = 20'000;

/// In which containers is searched.
struct Place {
  std::optional<ContainerView> only{};  ///< none: in all
  bool is_nowhere = false;              ///< the search names a container that cannot be found
};

/// Errors: those of the store.
Result<Place> place_of(const Floors& floors, const FindBlobs& request) {
  auto name = request.container;
  if (!request.search.container.empty()) {
    const auto named = blobs::ContainerName::parse(request.search.container);
    if (!named || (name && name->text() != named->text())) return Place{.is_nowhere = true};
    name = *named;
  }
  if (!name) return Place{};
  Place place{.only = TRY(look_up(floors, ContainerRef{request.account, *name}))};
  place.is_nowhere = !place.only->head;
  return place;
}

/// Reads the rows of a stretch, and the containers as they are at the same time.
class Search {
 public:
  Search(const FindBlobs& request, const Place& place, std::shared_ptr<const keys::DataKeys> keys,
         std::vector<store::Scanner> scanners)
      : request_(request),
        account_(request.account.text()),
        only_(place.only ? std::optional(place.only->head->id) : std::nullopt),
        keys_(std::move(keys)),
        rows_(std::move(scanners.front())),
        containers_(std::move(scanners.back())) {}

  Result<FoundPage> read_page() {
    FoundPage page;
    for (std::size_t looked_at = 0; const auto row = TRY(rows_.next()); ++looked_at) {
      if (page.blobs.size() == request_.most || looked_at == kMostRows) {
        page.next_marker = encode_marker(row->key.substr(blobs::tag_prefix(account_).size()));
        break;
      }
      TRY(look_at(*row, page));
    }
    return page;
  }

 private:
  Result<void> look_at(const store::EntryView& entry, FoundPage& page) {
    const std::string bytes(entry.key);
    const auto key = TRY(blobs::parse_tag_key(bytes, account_));
    if (only_ && key.container != *only_) return {};
    auto row =
        TRY(blobs::decode_tag_row(TRY(blobs::open(*keys_, {store::Table::State, bytes}, entry.value))));
    auto container = TRY(name_of(key.container, row.container_name));
    if (!container) {
      // Past all that lies there under this value, however much it is.
      rows_.seek(store::key_after_prefix(bytes.substr(0, bytes.size() - key.blob.size())));
      return {};
    }
    if (!request_.search.matches(row.tags)) return {};
    std::erase_if(row.tags.values, [&](const auto& tag) {
      return std::ranges::count(request_.search.comparisons, tag.first, &blobs::TagComparison::key) == 0;
    });
    page.blobs.push_back({std::move(*container), std::string(key.blob), std::move(row.tags)});
    return {};
  }

  /// What the container is called now; nothing when it is gone: its rows stay for a while.
  Result<std::optional<std::string>> name_of(const blobs::ContainerId& id, const std::string& was_called) {
    if (const auto known = names_.find(id); known != names_.end()) return std::optional(known->second);
    if (knows_all_) return std::optional<std::string>();
    if (TRY(look_for(id, was_called))) return std::optional(names_[id] = was_called);
    TRY(learn_names());
    return name_of(id, was_called);
  }

  /// One that was restored may have another name than its rows say.
  Result<void> learn_names() {
    const auto prefix = blobs::container_prefix(request_.account);
    containers_.seek(prefix);
    while (const auto entry = TRY(containers_.next())) {
      const store::Key key{store::Table::State, std::string(entry->key)};
      const auto head = TRY(blobs::decode_container(TRY(blobs::open(*keys_, key, entry->value))));
      names_[head.id] = key.bytes.substr(prefix.size());
    }
    knows_all_ = true;
    return {};
  }

  Result<bool> look_for(const blobs::ContainerId& id, const std::string& name) {
    const auto parsed = blobs::ContainerName::parse(name);
    if (!parsed) return fail(Code::Corrupt, "A tag's row names a container that cannot be.");
    const auto key = blobs::container_key(request_.account, *parsed);
    containers_.seek(key.bytes);
    const auto entry = TRY(containers_.next());
    if (!entry || entry->key != key.bytes) return false;
    return TRY(blobs::decode_container(TRY(blobs::open(*keys_, key, entry->value)))).id == id;
  }

  const FindBlobs& request_;
  std::string account_;
  std::optional<blobs::ContainerId> only_;
  std::shared_ptr<const keys::DataKeys> keys_;
  store::Scanner rows_, containers_;
  std::map<blobs::ContainerId, std::string> names_;  ///< of containers that are there
  bool knows_all_ = false;
};

/// Errors: OutOfRangeInput.
Result<blobs::TagStretch> stretch_of(const FindBlobs& request, const Place& place) {
  const auto account = request.account.text();
  const auto only = place.only && place.only->head ? std::optional(place.only->head->id) : std::nullopt;
  auto stretch = blobs::stretch_of(request.search, account, only);
  if (request.marker.empty()) return stretch;
  const auto begin = blobs::tag_prefix(account) + TRY(decode_marker(request.marker));
  stretch.from = std::min(std::max(stretch.from, begin), stretch.to);
  return stretch;
}

Task<Result<FoundPage>> attempt_find(const Floors& floors, policy::Exchange& exchange,
                                     const FindBlobs& request) {
  const auto keys = CO_TRY(floors.keys.of(request.account.text()));
  auto place = CO_TRY(place_of(floors, request));
  auto stretch = CO_TRY(stretch_of(request, place));
  const auto container = request.container ? request.container->text() : std::string();
  auto decision = floors.gate.decide(
      exchange,
      {.action = container.empty() ? policy::actions::kServiceFind : policy::actions::kContainerFind,
       .resource = {request.account.text(), container, {}},
       .bounds = {.items = static_cast<std::int64_t>(request.most)}});
  ledger::Effect effect;
  if (place.only) effect.guards = place.only->guards;
  if (place.is_nowhere && request.container && place.only)
    co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision), std::move(effect.guards),
                                              ContainerView::not_found()));
  if (!place.is_nowhere) {
    const auto all = blobs::container_prefix(request.account);
    effect.scans.push_back({store::Table::State, std::move(stretch.from), std::move(stretch.to)});
    effect.scans.push_back({store::Table::State, all, store::key_after_prefix(all)});
  }
  auto committed = CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200}, std::move(effect)));
  if (place.is_nowhere) co_return FoundPage{};
  co_return Search(request, place, keys, committed.take_scanners()).read_page();
}

}  // namespace

Task<Result<FoundPage>> find_blobs(const Floors& floors, policy::Exchange& exchange,
                                   const FindBlobs& request) {
  auto attempt = [&] { return attempt_find(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
