#include "blobs/sealed.h"
#include "operations/blob_requests.h"
#include "operations/marker.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Walks the names of a container that begin with a prefix: heads and, if asked for, the blobs that only have
/// uncommitted blocks, merged in the order of names.
class NameWalk {
 public:
  /// Precondition: the view has a container.
  static Result<NameWalk> open(const store::Store& store, const ContainerView& view, const ListBlobs& request,
                               const std::string& from) {
    const auto& container = view.head->id;
    auto start = blobs::blob_prefix(container, from);
    auto end = key_after_prefix(blobs::blob_prefix(container, request.prefix));
    NameWalk walk(container, view.keys, TRY(store.scanner(store::Table::Heads, start, end)));
    if (request.include_uncommitted) {
      // Block lists sort before every name.
      auto first_name = std::max(start, blobs::blob_prefix(container, "\x01"));
      walk.rows_.emplace(TRY(store.scanner(store::Table::Rows, first_name, end)));
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
      auto blob = std::move(head_);
      TRY(advance_head());
      return blob;
    }
    if (!row_) return std::optional<ListedBlob>();
    ListedBlob blob{std::move(*row_), std::nullopt};
    TRY(advance_row());
    return std::optional(std::move(blob));
  }

  /// Goes on with the first name that is not below `name`.
  Result<void> seek(const std::string& name) {
    auto key = blobs::blob_prefix(container_, name);
    heads_.seek(key);
    TRY(advance_head());
    if (!rows_) return {};
    rows_->seek(key);
    return advance_row();
  }

 private:
  NameWalk(const blobs::ContainerId& container, std::shared_ptr<const keys::DataKeys> keys,
           store::Scanner heads)
      : container_(container), keys_(std::move(keys)), heads_(std::move(heads)) {}

  Result<void> advance_head() {
    auto entry = TRY(heads_.next());
    head_.reset();
    if (!entry) return {};
    auto head = TRY(blobs::open(*keys_, {store::Table::Heads, std::string(entry->key)}, entry->value));
    head_ = ListedBlob{TRY(blobs::blob_name_of(entry->key)), TRY(blobs::decode_blob(head))};
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
  std::shared_ptr<const keys::DataKeys> keys_;
  store::Scanner heads_;
  std::optional<store::Scanner> rows_;
  std::optional<ListedBlob> head_;
  std::optional<std::string> row_;
};

Result<BlobPage> read_page(const store::Store& store, const ContainerView& view, const ListBlobs& request) {
  auto from = request.prefix;
  if (!request.marker.empty()) from = std::max(from, TRY(decode_marker(request.marker)));
  auto walk = TRY(NameWalk::open(store, view, request, from));
  BlobPage page;
  while (auto blob = TRY(walk.next())) {
    if (page.items.size() == request.most) {
      page.next_marker = encode_marker(blob->name);
      break;
    }
    auto cut = request.delimiter.empty() ? std::string::npos
                                         : blob->name.find(request.delimiter, request.prefix.size());
    if (cut == std::string::npos) {
      page.items.emplace_back(std::move(*blob));
      continue;
    }
    auto shared = blob->name.substr(0, cut + request.delimiter.size());
    page.items.emplace_back(ListedPrefix{shared});
    TRY(walk.seek(key_after_prefix(shared)));
  }
  return page;
}

Task<Result<BlobPage>> attempt_list(const Floors& floors, policy::Exchange& exchange,
                                    const ListBlobs& request) {
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision =
      floors.gate.decide(exchange, {.action = policy::actions::kContainerList,
                                    .resource = resource(request.container),
                                    .bounds = {.items = static_cast<std::int64_t>(request.most)}});
  if (!view.head)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, ContainerView::not_found()));
  auto page = CO_TRY(read_page(floors.store, view, request));
  CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200}, {.guards = view.guards}));
  co_return page;
}

}  // namespace

Task<Result<BlobPage>> list_blobs(const Floors& floors, policy::Exchange& exchange,
                                  const ListBlobs& request) {
  auto attempt = [&] { return attempt_list(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
