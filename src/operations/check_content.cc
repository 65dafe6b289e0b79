#include "operations/check_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "blobs/body_reader.h"
#include "blobs/body_verdict.h"
#include "blobs/deleted_container.h"
#include "blobs/held_bodies.h"
#include "blobs/name_state.h"
#include "blobs/pages.h"
#include "blobs/sealed.h"
#include "evidence/record.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

constexpr std::size_t kRecordsAtATime = 1024, kHeadsAtATime = 256;

/// So much is read between two calls of the guide.
constexpr std::uint64_t kStep = 1 << 20;
/// How often a blob that changes while it is looked at is looked at again.
constexpr int kTries = 5;

/// The place behind the holders of all accounts' bodies; sorts behind every account's name.
constexpr std::string_view kBehindHolders = "\xff";

/// Where the look at an account's content stands: at a record, or at a blob's row in a container.
struct ContentPlace {
  std::string account;
  std::optional<std::uint64_t> record{};
  std::string container{}, head{};  ///< of what comes behind the records

  /// As the key of a CheckPlace. Names of accounts and containers hold no zero byte.
  [[nodiscard]] std::string key() const {
    if (record) return account + '\0' + std::to_string(*record);
    return container.empty() ? account : account + '\0' + '\0' + container + '\0' + head;
  }

  /// A key that is none of these is the account's beginning.
  static ContentPlace parse(std::string_view key) {
    auto take = [&key] {
      auto part = key.substr(0, key.find('\0'));
      key.remove_prefix(std::min(key.size(), part.size() + 1));
      return std::string(part);
    };
    ContentPlace place{.account = take()};
    const auto record = take();
    std::uint64_t index = 0;
    if (std::from_chars(record.data(), record.data() + record.size(), index).ec == std::errc{})
      place.record = index;
    place.container = take();
    place.head = key;
    return place;
  }
};

class Check {
 public:
  Check(const Floors& floors, store::CheckGuide& guide, store::CheckReport& report, ContentCounts& counts,
        BodyCheck bodies, ContentPlace begin)
      : store_(floors.store),
        journals_(floors.ledger.journals()),
        keys_(floors.keys),
        guide_(guide),
        report_(report),
        counts_(counts),
        bodies_(bodies),
        place_(std::move(begin)) {
    for (const auto& damage : report.told) damaged_.insert(damage.place);
  }

  /// From a place of this account on.
  void account(const identity::Account& account, const ContentPlace& from) {
    auto name = account.name.text();
    if (from.container.empty())
      if (auto walked = records(account, from.record.value_or(0)); !walked)
        failed("account " + name, walked.error());
    auto keys = keys_.of(name);
    // Whoever has no keys has no content any more either.
    if (!keys || ended_) return;
    if (auto walked = containers(account, **keys, from); !walked) failed("account " + name, walked.error());
  }

  /// Of all accounts at once, behind them.
  void holders() {
    if (ended_) return;
    blobs::HeldBodies rows(keys_);
    ended_ =
        !store_.check_holders(rows, {store::CheckStage::Content, place_.key()},
                              {store::CheckStage::Content, std::string(kBehindHolders)}, guide_, report_);
  }

  [[nodiscard]] bool ended() const { return ended_; }

 private:
  /// A store that is being opened again after a failure is not damaged: the check ends here.
  void failed(std::string place, const Error& error) {
    if (error.code == Code::Unavailable)
      ended_ = true;
    else
      report_.add(std::move(place), error.message);
  }

  void read(std::uint64_t bytes) {
    report_.bytes += bytes;
    since_ += bytes;
    if (since_ < kStep || ended_) return;
    ended_ = !guide_.go_on(std::exchange(since_, 0), {store::CheckStage::Content, place_.key()});
  }

  Result<void> records(const identity::Account& account, std::uint64_t first) {
    const auto stream = account.records().stream;
    for (auto from = std::max(first, TRY(journals_.first_kept(stream)));;) {
      auto entries = journals_.records(stream, from, kRecordsAtATime);
      // Dropped meanwhile.
      if (const auto kept = TRY(journals_.first_kept(stream)); !entries && from < kept) {
        from = kept;
        continue;
      }
      if (!entries) return std::unexpected(entries.error());
      for (const auto& entry : *entries) {
        if (ended_) return {};
        auto record = evidence::decode_shown(as_bytes(entry.bytes));
        auto place = fmt::format("account {}, record {}", account.name.text(), from++);
        if (!record)
          report_.add(place, record.error().message);
        else if (evidence::leaf(*record) != entry.leaf)
          report_.add(place, "the record is not the one whose leaf is in the journal's tree");
        place_ = {.account = account.name.text(), .record = from};
        read(entry.leaf.size() + entry.bytes.size());
      }
      if (entries->empty() || ended_) return {};
    }
  }

  Result<void> containers(const identity::Account& account, const keys::DataKeys& keys,
                          const ContentPlace& from) {
    for (const auto& [name, row] : TRY(rows_of_containers(account))) {
      if (ended_) return {};
      if (name < from.container) continue;
      place_ = {.account = account.name.text(), .container = name};
      if (name != from.container || from.head.empty()) ++counts_.containers;
      auto head = decode(keys, row, blobs::decode_container);
      if (!head)
        report_.add(fmt::format("container {}", name), head.error().message);
      else
        TRY(blobs_of(head->id, keys, name == from.container ? from.head : std::string()));
    }
    return {};
  }

  /// Those that are there, and those that were deleted and may be restored, by what they are called here.
  Result<std::map<std::string, store::Entry>> rows_of_containers(const identity::Account& account) const {
    std::map<std::string, store::Entry> rows;
    const auto all = [&](const std::string& prefix) {
      return store_.scan(store::Table::State, prefix, store::key_after_prefix(prefix), SIZE_MAX);
    };
    const auto prefix = blobs::container_prefix(account.name);
    for (auto& row : TRY(all(prefix))) {
      auto name = row.key.substr(prefix.size());
      rows.emplace(std::move(name), std::move(row));
    }
    const auto deleted = blobs::deleted_container_prefix(account.name);
    for (auto& row : TRY(all(deleted))) {
      const auto name = blobs::parse_deleted_name(std::string_view(row.key).substr(deleted.size()));
      auto label = name ? name->name + "/" + blobs::version_text(name->deleted) : std::string("of no name");
      rows.emplace(std::move(label), std::move(row));
    }
    return rows;
  }

  template <class Decode>
  static auto decode(const keys::DataKeys& keys, const store::Entry& row, const Decode& decoder)
      -> decltype(decoder(std::string_view())) {
    return decoder(TRY(blobs::open(keys, {store::Table::State, row.key}, row.value)));
  }

  /// From the row `first` on, if it is of this container. A few rows at a time, so that nothing is held while
  /// the guide waits.
  Result<void> blobs_of(const blobs::ContainerId& container, const keys::DataKeys& keys,
                        const std::string& first) {
    const auto prefix = blobs::blob_prefix(container, "");
    auto from = first.starts_with(prefix) ? first : prefix;
    while (!ended_) {
      const auto heads =
          TRY(store_.scan(store::Table::Heads, from, store::key_after_prefix(prefix), kHeadsAtATime));
      for (const auto& entry : heads) {
        place_.head = entry.key;
        const auto name = blobs::parse_head_key(entry.key);
        const auto blob =
            fmt::format("container {}, blob {}", place_.container, name ? name->name : "of no name");
        lies_in_.clear();
        if (auto whole = state_now(container, keys, entry); !whole) failed(blob, whole.error());
        if (ended_) return {};
        tell_whose(blob);
        ++counts_.blobs;
        place_.head += '\0';
        read(entry.key.size() + entry.value.size());
        if (ended_) return {};
      }
      if (heads.size() < kHeadsAtATime) return {};
      from = heads.back().key + '\0';
    }
    return {};
  }

  /// Damage is counted where it lies; this only says whom it concerns.
  void tell_whose(const std::string& blob) {
    for (const auto& segment : lies_in_)
      if (report_.told.size() < store::CheckReport::kMostTold)
        report_.told.push_back({blob, fmt::format("has content in the damaged segment at {}", segment)});
  }

  /// Whoever replaces or deletes a blob takes away what its old head names, and rows of pages are merged
  /// without a change of the head: it is wrong only if it is so every time while its row stays the same.
  Result<void> state_now(const blobs::ContainerId& container, const keys::DataKeys& keys,
                         const store::Entry& entry) {
    auto version = entry.version;
    bool is_same = false;
    auto whole = state(container, keys, entry.key, entry.value);
    for (int tries = 1; !whole && tries < kTries; ++tries) {
      const auto now = TRY(store_.look_up({store::Table::Heads, entry.key}));
      if (!now.exists()) return {};
      is_same = now.version == version;
      version = now.version;
      whole = state(container, keys, entry.key, now.value);
    }
    return is_same ? whole : Result<void>{};
  }

  /// A name's own row, or that of a version or snapshot.
  Result<void> state(const blobs::ContainerId& container, const keys::DataKeys& keys, const std::string& key,
                     std::string_view stored) {
    const auto head = TRY(blobs::open_head(keys, key, stored));
    const bool is_past = TRY(blobs::parse_head_key(key)).past.has_value();
    return head ? blob(container, keys, *head, is_past) : Result<void>{};
  }

  Result<void> blob(const blobs::ContainerId& container, const keys::DataKeys& keys,
                    const blobs::BlobHead& head, bool is_past) {
    if (std::holds_alternative<blobs::Pages>(head.layout)) return pages(container, keys, head, is_past);
    auto pieces = TRY(blobs::pieces_of(store_, keys, container, head));
    std::uint64_t size = 0;
    for (const auto& each : pieces) {
      TRY(piece(container, keys, each));
      size += each.length;
      if (ended_) return {};
    }
    if (size != head.size) return fail(Code::Corrupt, "its parts are not as long together as it is");
    if (blobs::content_root(pieces) != head.content_root)
      return fail(Code::Corrupt, "its parts are not those of its content root");
    counts_.bytes += size;
    return {};
  }

  /// The content root of pages tells how they came about, so only their bodies can be looked for.
  Result<void> pages(const blobs::ContainerId& container, const keys::DataKeys& keys,
                     const blobs::BlobHead& head, bool is_past) {
    for (std::uint64_t from = 0; from < head.size && !ended_;) {
      const auto window =
          TRY(TRY(blobs::PageRows::open(store_, keys, container, head, is_past, {from, head.size})).next());
      for (const auto& row : window.rows) {
        TRY(piece(container, keys, *row.piece));
        counts_.bytes += row.pages.length();
      }
      from = window.range.end;
    }
    return {};
  }

  Result<void> piece(const blobs::ContainerId& container, const keys::DataKeys& keys,
                     const blobs::Piece& piece) {
    if (piece.length == 0) return {};
    if (auto* id = std::get_if<store::SegmentId>(&piece.place)) {
      const auto placed = TRY(store_.place(*id));
      if (!placed) return fail(Code::Corrupt, "a segment of its content is missing");
      if (placed->length != piece.length)
        return fail(Code::Corrupt, "a segment is not as long as its head says");
      if (placed->digest != piece.digest)
        return fail(Code::Corrupt, "a segment does not have the SHA-256 that its head says");
      if (damaged_.empty()) return {};
      auto where = fmt::format("extent {}, offset {}", placed->location.extent, placed->location.offset);
      if (damaged_.contains(where)) lies_in_.insert(std::move(where));
      return {};
    }
    read(piece.length);
    if (bodies_ == BodyCheck::Content) return blobs::BodyVerdict::of(store_, keys, container, piece);
    const auto body = TRY(store_.fetch_body(body_key(container, std::get<blobs::BodyNumber>(piece.place))));
    return body.exists() ? Result<void>{} : fail(Code::Corrupt, "an inline body is missing");
  }

  store::Store& store_;
  const ledger::JournalReader& journals_;
  keys::KeyDirectory& keys_;
  store::CheckGuide& guide_;
  store::CheckReport& report_;
  ContentCounts& counts_;
  const BodyCheck bodies_;
  ContentPlace place_;
  std::set<std::string> damaged_;  // places that were told before
  std::set<std::string> lies_in_;  // those of them where the blob that is looked at has content
  std::uint64_t since_ = 0;        // bytes since the guide was last asked
  bool ended_ = false;
};

class NoGuide final : public store::CheckGuide {
  bool go_on(std::uint64_t, const store::CheckPlace&) override { return true; }
};

}  // namespace

std::shared_ptr<const keys::DataKeys> AccountsKeys::of(const keys::Owner& owner) {
  auto name = names_.find(owner);
  if (name == names_.end()) {
    for (const auto& ring : accounts_.all())
      names_.emplace(ring->account().journal, ring->account().name.text());
    name = names_.find(owner);
  }
  if (name == names_.end()) return nullptr;
  auto keys = keys_.of(name->second);
  return keys ? std::move(*keys) : nullptr;
}

bool check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                   const store::CheckPlace& from, store::CheckGuide& guide, store::CheckReport& report,
                   ContentCounts& counts, BodyCheck bodies) {
  auto rings = accounts.all();
  std::ranges::sort(rings, {}, [](const auto& ring) { return ring->account().name.text(); });
  if (from.key == kBehindHolders) return true;
  const auto begin = ContentPlace::parse(from.key);
  Check check(floors, guide, report, counts, bodies, begin);
  for (const auto& ring : rings) {
    const auto name = ring->account().name.text();
    if (name < begin.account) continue;
    if (check.ended()) return false;
    check.account(ring->account(), name == begin.account ? begin : ContentPlace{.account = name});
  }
  check.holders();
  return !check.ended();
}

ContentCounts check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                            store::CheckReport& report, BodyCheck bodies) {
  NoGuide guide;
  ContentCounts counts;
  (void)check_content(floors, accounts, {}, guide, report, counts, bodies);
  return counts;
}

}  // namespace vitrine::operations
