#include "blobs/head_walk.h"
#include "operations/blob_requests.h"
#include "operations/marker.h"
#include "operations/settle.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

/// Behind a name in a marker: what of it comes next. No name contains NUL.
constexpr char kEndOfName = '\0', kCurrent = 'c';

/// The smallest name behind this one: none contains NUL.
std::string behind(const std::string& name) {
  return name + '\x01';
}

/// The end of what a delimiter makes one item of, the delimiter included; npos where a name stands for
/// itself.
std::size_t end_of_prefix(const ListBlobs& request, const std::string& name) {
  if (request.delimiter.empty()) return std::string::npos;
  const auto cut = name.find(request.delimiter, request.prefix.size());
  return cut == std::string::npos ? cut : cut + request.delimiter.size();
}

const std::string& name_of(const std::variant<ListedBlob, ListedPrefix>& item) {
  return std::visit([](const auto& listed) -> const std::string& { return listed.name; }, item);
}

/// The name that was listed last, as clients expect; where states of one name are parted, or a document could
/// not hold the name, in a form of ours.
std::string marker_of(const BlobPage& page, const ListedBlob& next, bool shows_past) {
  const auto& last = name_of(page.items.back());
  if (last != next.name && is_plain_marker(last)) return last;
  if (!shows_past || !next.head) return encode_marker(next.name);
  auto text = to_bytes(as_bytes(next.name + kEndOfName));
  text.push_back(next.past ? static_cast<std::uint8_t>(next.past->kind) : kCurrent);
  if (next.past) append_be64(text, next.past->moment.ticks());
  return encode_marker(as_text(text));
}

/// Errors: OutOfRangeInput.
Result<blobs::WalkPosition> position_of(const ListBlobs& request) {
  const auto& marker = request.marker;
  if (!is_encoded_marker(marker)) {
    const auto end = end_of_prefix(request, marker);
    if (end == std::string::npos) return blobs::WalkPosition{.name = behind(marker)};
    return blobs::WalkPosition{.name = store::key_after_prefix(marker.substr(0, end))};
  }
  auto text = TRY(decode_marker(marker));
  auto end = std::min(text.find(kEndOfName), text.size());
  blobs::WalkPosition position{.name = text.substr(0, end)};
  if (end == text.size()) return position;
  const auto suffix = as_bytes(std::string_view(text).substr(end + 1));
  using blobs::PastKind;
  if (suffix.size() == 1 && suffix[0] == kCurrent)
    position.at_current = true;
  else if (suffix.size() == 9 &&
           (PastKind{suffix[0]} == PastKind::Snapshot || PastKind{suffix[0]} == PastKind::Version))
    position.past = {PastKind{suffix[0]}, blobs::Moment::from_ticks(read_be64(suffix.subspan(1)))};
  else
    return fail(Code::OutOfRangeInput, "The marker is not one that a listing gave out.");
  return position;
}

/// Walks the blobs of a container whose names begin with a prefix and, if asked for, those that only have
/// uncommitted blocks, merged in the order of names.
class NameWalk {
 public:
  /// What it reads. Precondition, here and below: the view has a container.
  static std::vector<store::ScanRange> ranges(const ContainerView& view, const ListBlobs& request,
                                              const blobs::WalkPosition& from) {
    const auto& container = view.head->id;
    std::vector ranges{blobs::HeadWalk::range(container, request.prefix)};
    if (!request.include_uncommitted) return ranges;
    // Block lists sort before every name.
    auto first_name = std::max(blobs::blob_prefix(container, from.name), blobs::first_name_key(container));
    ranges.push_back({store::Table::Rows, std::move(first_name),
                      store::key_after_prefix(blobs::blob_prefix(container, request.prefix))});
    return ranges;
  }

  /// `scanners`: of the ranges.
  static Result<NameWalk> open(std::vector<store::Scanner> scanners, const ContainerView& view,
                               const ListBlobs& request, const blobs::WalkPosition& from) {
    const auto& container = view.head->id;
    NameWalk walk(container, {view.keys, container, request.also, std::move(scanners.front())});
    walk.heads_.seek(from);
    if (scanners.size() > 1) {
      walk.rows_.emplace(std::move(scanners.back()));
      TRY(walk.advance_row());
    }
    TRY(walk.advance_head());
    return walk;
  }

  /// The next blob, nothing at the end.
  Result<std::optional<ListedBlob>> next() {
    bool head_first = head_ && (!row_ || head_->name <= *row_);
    if (head_first) {
      if (row_ && *row_ == head_->name) TRY(advance_row());
      ListedBlob blob{std::move(head_->name), std::move(head_->head), head_->past, head_->has_versions_only};
      TRY(advance_head());
      return std::optional(std::move(blob));
    }
    if (!row_) return std::optional<ListedBlob>();
    ListedBlob blob{std::move(*row_), std::nullopt, std::nullopt};
    TRY(advance_row());
    return std::optional(std::move(blob));
  }

  /// Goes on with the first name that is not below `name`.
  Result<void> seek(const std::string& name) {
    heads_.seek({.name = name});
    TRY(advance_head());
    if (!rows_) return {};
    rows_->seek(blobs::blob_prefix(container_, name));
    return advance_row();
  }

 private:
  NameWalk(const blobs::ContainerId& container, blobs::HeadWalk heads)
      : container_(container), heads_(std::move(heads)) {}

  Result<void> advance_head() {
    head_ = TRY(heads_.next());
    return {};
  }

  Result<void> advance_row() {
    row_.reset();
    while (auto entry = TRY(rows_->next())) {
      row_ = blobs::uncommitted_blob_name(entry->key);
      if (!row_) continue;
      // Past this blob's blocks, however many they are.
      rows_->seek(blobs::blob_prefix(container_, *row_) + '\x01');
      return {};
    }
    return {};
  }

  blobs::ContainerId container_;
  blobs::HeadWalk heads_;
  std::optional<store::Scanner> rows_;
  std::optional<blobs::FoundState> head_;
  std::optional<std::string> row_;
};

/// Errors: OutOfRangeInput.
Result<blobs::WalkPosition> start_of(const ListBlobs& request) {
  blobs::WalkPosition from{.name = std::max(request.prefix, request.start_from)};
  if (request.marker.empty()) return from;
  auto marked = TRY(position_of(request));
  return marked.name >= from.name ? marked : from;
}

Result<BlobPage> read_page(NameWalk walk, const ListBlobs& request) {
  const bool shows_past = request.also.shows_past();
  BlobPage page;
  while (auto blob = TRY(walk.next())) {
    if (!request.end_before.empty() && blob->name >= request.end_before) break;
    if (page.items.size() == request.most) {
      page.next_marker = marker_of(page, *blob, shows_past);
      break;
    }
    const auto end = end_of_prefix(request, blob->name);
    if (end == std::string::npos) {
      page.items.emplace_back(std::move(*blob));
      continue;
    }
    auto shared = blob->name.substr(0, end);
    page.items.emplace_back(ListedPrefix{shared});
    TRY(walk.seek(store::key_after_prefix(shared)));
  }
  return page;
}

Task<Result<BlobPage>> attempt_list(const Floors& floors, policy::Exchange& exchange, ListBlobs request) {
  request.also.now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision =
      floors.gate.decide(exchange, {.action = policy::actions::kContainerList,
                                    .resource = resource(request.container),
                                    .bounds = {.items = static_cast<std::int64_t>(request.most)}});
  if (!view.head)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, ContainerView::not_found()));
  const auto from = CO_TRY(start_of(request));
  auto committed = CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                    {.guards = view.guards, .scans = NameWalk::ranges(view, request, from)}));
  co_return read_page(CO_TRY(NameWalk::open(committed.take_scanners(), view, request, from)), request);
}

}  // namespace

Task<Result<BlobPage>> list_blobs(const Floors& floors, policy::Exchange& exchange,
                                  const ListBlobs& request) {
  auto attempt = [&] { return attempt_list(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
