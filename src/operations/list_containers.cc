#include "blobs/deleted_container.h"
#include "blobs/keeping.h"
#include "blobs/sealed.h"
#include "operations/containers.h"
#include "operations/marker.h"
#include "operations/settle.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

/// Rows of one prefix, of which the next is known.
class Rows {
 public:
  static Result<Rows> open(store::Scanner scanner, std::size_t prefix) {
    Rows rows(std::move(scanner), prefix);
    TRY(rows.advance());
    return rows;
  }
  /// What follows the prefix in the next row's key; nothing at the end.
  [[nodiscard]] const std::optional<std::string>& suffix() const { return suffix_; }
  /// Precondition: there is a next row.
  [[nodiscard]] Result<blobs::ContainerHead> read(const keys::DataKeys& keys) const {
    return blobs::decode_container(TRY(blobs::open(keys, {store::Table::State, key_}, value_)));
  }
  Result<void> advance() {
    suffix_.reset();
    const auto row = TRY(scanner_.next());
    if (!row) return {};
    key_ = row->key;
    value_ = row->value;
    suffix_ = key_.substr(prefix_);
    return {};
  }

 private:
  Rows(store::Scanner scanner, std::size_t prefix) : scanner_(std::move(scanner)), prefix_(prefix) {}

  store::Scanner scanner_;
  std::size_t prefix_;
  std::string key_, value_;
  std::optional<std::string> suffix_;
};

/// Where containers lie, and where deleted ones do: what follows these in keys is in one order.
std::vector<std::string> prefixes_of(const ListContainers& request) {
  std::vector prefixes{blobs::container_prefix(request.account)};
  if (request.include_deleted) prefixes.push_back(blobs::deleted_container_prefix(request.account));
  return prefixes;
}

/// The name that was listed last, as clients expect; between the states of one name in a form of ours.
std::string marker_of(const ContainerPage& page, const std::string& next) {
  const auto& last = page.containers.back().name;
  return next.substr(0, next.find('\0')) == last ? encode_marker(next) : last;
}

/// What follows the prefix in the first row to list: behind a name all of its rows, which go on with NUL.
/// Errors: OutOfRangeInput.
Result<std::string> start_of(const std::string& marker) {
  return is_encoded_marker(marker) ? decode_marker(marker) : Result<std::string>(marker + '\x01');
}

/// Errors: OutOfRangeInput.
Result<std::vector<store::ScanRange>> ranges_of(const ListContainers& request) {
  auto first = request.prefix;
  if (!request.marker.empty()) first = std::max(first, TRY(start_of(request.marker)));
  std::vector<store::ScanRange> ranges;
  for (const auto& prefix : prefixes_of(request))
    ranges.push_back({store::Table::State, prefix + first, store::key_after_prefix(prefix + request.prefix)});
  return ranges;
}

/// A container that is there, or may be again; nothing for one whose time is over. Errors: Corrupt.
Result<std::optional<ListedContainer>> list(const Rows& rows, const keys::DataKeys& keys, bool is_deleted,
                                            Timestamp now) {
  ListedContainer listed{.name = *rows.suffix(), .head = TRY(rows.read(keys))};
  listed.level = TRY(blobs::access_list(listed.head.attributes)).level;
  if (!is_deleted) return std::optional(std::move(listed));
  auto name = TRY(blobs::parse_deleted_name(listed.name));
  const auto deletion = TRY(blobs::attribute<blobs::ContainerDeletion>(listed.head.attributes));
  if (!deletion || !blobs::is_restorable(deletion->deletion, now)) return std::optional<ListedContainer>();
  listed.name = std::move(name.name);
  listed.deleted = DeletedListing{deletion->deletion, name.deleted};
  return std::optional(std::move(listed));
}

Result<ContainerPage> read_page(std::vector<store::Scanner> scanners, const keys::DataKeys& keys,
                                const ListContainers& request, Timestamp now) {
  const auto prefixes = prefixes_of(request);
  std::vector<Rows> all;
  for (std::size_t i = 0; i < scanners.size(); ++i)
    all.push_back(TRY(Rows::open(std::move(scanners[i]), prefixes[i].size())));
  ContainerPage page;
  for (;;) {
    Rows* next = nullptr;
    for (auto& rows : all)
      if (rows.suffix() && (!next || *rows.suffix() < *next->suffix())) next = &rows;
    if (!next) return page;
    if (page.containers.size() == request.most) {
      page.next_marker = marker_of(page, *next->suffix());
      return page;
    }
    auto listed = TRY(list(*next, keys, next != &all.front(), now));
    if (listed) page.containers.push_back(std::move(*listed));
    TRY(next->advance());
  }
}

Task<Result<ContainerPage>> attempt_list(const Floors& floors, policy::Exchange& exchange,
                                         const ListContainers& request) {
  const auto keys = CO_TRY(floors.keys.of(request.account.text()));
  ledger::Effect effect{.scans = CO_TRY(ranges_of(request))};
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kServiceList, .resource = {request.account.text(), {}, {}}, .bounds = {}});
  auto committed = CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200}, std::move(effect)));
  co_return read_page(committed.take_scanners(), *keys, request, floors.clock.now());
}

}  // namespace

Task<Result<ContainerPage>> list_containers(const Floors& floors, policy::Exchange& exchange,
                                            const ListContainers& request) {
  auto attempt = [&] { return attempt_list(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
