#include "operations/check_content.h"

#include <fmt/format.h>

#include "blobs/body_reader.h"
#include "blobs/name_state.h"
#include "blobs/sealed.h"
#include "evidence/record.h"
#include "operations/marker.h"

namespace vitrine::operations {
namespace {

constexpr std::size_t kRecordsAtATime = 1024;

class Check {
 public:
  Check(const Floors& floors, store::CheckReport& report)
      : store_(floors.store), keys_(floors.keys), report_(report) {}

  void account(const identity::Account& account) {
    auto name = account.name.text();
    if (auto walked = records(account); !walked) report_.add("account " + name, walked.error().message);
    auto keys = keys_.of(name);
    // Whoever has no keys has no content any more either.
    if (!keys) return;
    if (auto walked = containers(account, **keys); !walked)
      report_.add("account " + name, walked.error().message);
  }

  [[nodiscard]] const ContentCounts& counts() const { return counts_; }

 private:
  Result<void> records(const identity::Account& account) {
    for (std::uint64_t from = 0;;) {
      auto entries = TRY(store_.scan_journal(account.slot, from, kRecordsAtATime));
      for (const auto& entry : entries) {
        auto record = evidence::decode_record(as_bytes(entry.bytes));
        auto place = fmt::format("account {}, record {}", account.name.text(), from++);
        if (!record)
          report_.add(place, record.error().message);
        else if (evidence::leaf(*record) != entry.leaf)
          report_.add(place, "the record is not the one whose leaf is in the journal's tree");
      }
      if (entries.empty()) return {};
    }
  }

  Result<void> containers(const identity::Account& account, const keys::DataKeys& keys) {
    auto prefix = blobs::container_prefix(account.name);
    for (const auto& row :
         TRY(store_.scan(store::Table::State, prefix, key_after_prefix(prefix), SIZE_MAX))) {
      ++counts_.containers;
      auto place = fmt::format("container {}", row.key.substr(prefix.size()));
      auto head = decode(keys, row, blobs::decode_container);
      if (!head)
        report_.add(place, head.error().message);
      else
        TRY(blobs_of(head->id, keys, place));
    }
    return {};
  }

  template <class Decode>
  static auto decode(const keys::DataKeys& keys, const store::Entry& row, const Decode& decoder)
      -> decltype(decoder(std::string_view())) {
    return decoder(TRY(blobs::open(keys, {store::Table::State, row.key}, row.value)));
  }

  Result<void> blobs_of(const blobs::ContainerId& container, const keys::DataKeys& keys,
                        const std::string& place) {
    auto from = blobs::blob_prefix(container, "");
    auto heads = TRY(store_.scanner(store::Table::Heads, from, key_after_prefix(from)));
    while (auto entry = TRY(heads.next())) {
      ++counts_.blobs;
      std::string key(entry->key);
      auto name = blobs::parse_head_key(key);
      if (auto whole = state(container, keys, key, entry->value); !whole)
        report_.add(fmt::format("{}, blob {}", place, name ? name->name : "of no name"),
                    whole.error().message);
    }
    return {};
  }

  /// A name's own row, or that of a version or snapshot.
  Result<void> state(const blobs::ContainerId& container, const keys::DataKeys& keys, const std::string& key,
                     std::string_view stored) {
    auto value = TRY(blobs::open(keys, {store::Table::Heads, key}, stored));
    if (TRY(blobs::parse_head_key(key)).past) return blob(container, keys, TRY(blobs::decode_blob(value)));
    auto state = TRY(blobs::decode_name_state(value));
    return state.head ? blob(container, keys, *state.head) : Result<void>{};
  }

  Result<void> blob(const blobs::ContainerId& container, const keys::DataKeys& keys,
                    const blobs::BlobHead& head) {
    auto pieces = TRY(blobs::pieces_of(store_, keys, container, head));
    std::uint64_t size = 0;
    for (const auto& each : pieces) {
      TRY(piece(container, each));
      size += each.length;
    }
    if (size != head.size) return fail(Code::Corrupt, "its parts are not as long together as it is");
    if (blobs::content_root(pieces) != head.content_root)
      return fail(Code::Corrupt, "its parts are not those of its content root");
    counts_.bytes += size;
    return {};
  }

  Result<void> piece(const blobs::ContainerId& container, const blobs::Piece& piece) {
    if (piece.length == 0) return {};
    if (auto* id = std::get_if<store::SegmentId>(&piece.place)) {
      if (TRY(store_.segment_length(*id)) != piece.length)
        return fail(Code::Corrupt, "a segment is not as long as its head says");
      return {};
    }
    auto body = TRY(store_.fetch_body(body_key(container, std::get<blobs::BodyNumber>(piece.place))));
    if (!body.exists()) return fail(Code::Corrupt, "an inline body is missing");
    return {};
  }

  store::Store& store_;
  keys::KeyDirectory& keys_;
  store::CheckReport& report_;
  ContentCounts counts_;
};

}  // namespace

ContentCounts check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                            store::CheckReport& report) {
  Check check(floors, report);
  for (const auto& ring : accounts.all()) check.account(ring->account());
  return check.counts();
}

}  // namespace vitrine::operations
