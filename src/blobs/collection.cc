#include "blobs/collection.h"

#include <algorithm>
#include <span>

#include "blobs/head_coding.h"
#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

constexpr std::string_view kPrefix = "collect/";
constexpr std::uint64_t kFormat = 1;
enum Kind : std::uint64_t {
  kContainer = 0,
  kBlockList = 1,
  kBlocks = 2,
  kIdleBlocks = 3,
  kContent = 4,
  kLayer = 5,
  kHistory = 6,
  kDeletedStates = 7,
  kDeletedContainer = 8
};

std::string key_at(Timestamp due) {
  Bytes key = to_bytes(as_bytes(kPrefix));
  append_be64(key, static_cast<std::uint64_t>(to_micros(due)));
  return std::string(as_text(key));
}

struct Writer {
  CborWriter& out;

  void operator()(const DeadContainer& dead) const {
    out.array(4).unsigned_int(kFormat).unsigned_int(kContainer).text(account).bytes(dead.container);
  }
  void operator()(const DeadBlockList& dead) const {
    out.array(5).unsigned_int(kFormat).unsigned_int(kBlockList).text(account).bytes(dead.container);
    out.unsigned_int(dead.list.value);
  }
  void operator()(const DeadBlocks& dead) const {
    out.array(7).unsigned_int(kFormat).unsigned_int(kBlocks).text(account).bytes(dead.container);
    out.text(dead.blob).unsigned_int(dead.generation).boolean(dead.hold_pieces);
  }
  void operator()(const IdleBlocks& idle) const {
    out.array(6).unsigned_int(kFormat).unsigned_int(kIdleBlocks).text(account).bytes(idle.container);
    out.text(idle.blob).unsigned_int(idle.generation);
  }
  void operator()(const DeletedStates& deleted) const {
    out.array(5).unsigned_int(kFormat).unsigned_int(kDeletedStates).text(account).bytes(deleted.container);
    out.text(deleted.blob);
  }
  void operator()(const DeletedContainer& deleted) const {
    out.array(6).unsigned_int(kFormat).unsigned_int(kDeletedContainer).text(account).bytes(deleted.container);
    out.text(deleted.name).unsigned_int(deleted.version);
  }
  void operator()(const DeadEnd& dead) const {
    if (const auto* content = std::get_if<EndedContent>(&dead.ended)) {
      out.array(5).unsigned_int(kFormat).unsigned_int(kContent).text(account).bytes(dead.container);
      out.unsigned_int(content->rows.value);
    } else if (const auto* layer = std::get_if<EndedLayer>(&dead.ended)) {
      out.array(6).unsigned_int(kFormat).unsigned_int(kLayer).text(account).bytes(dead.container);
      out.unsigned_int(layer->rows.value).unsigned_int(layer->point);
    } else if (const auto* history = std::get_if<EndedHistory>(&dead.ended)) {
      out.array(6).unsigned_int(kFormat).unsigned_int(kHistory).text(account).bytes(dead.container);
      out.text(history->name).unsigned_int(history->number);
    }
  }

  std::string_view account;
};

std::string encode(const CollectionTask& task) {
  CborWriter out;
  std::visit(Writer{out, task.account}, task.remains);
  return std::string(as_text(out.view()));
}

/// Items of the array of each kind, by its number.
constexpr std::size_t kItems[] = {4, 5, 7, 6, 5, 6, 6, 5, 6};

Result<Remains> read_remains(CborReader& in, std::uint64_t kind) {
  const auto container = TRY(read_array<16>(in));
  switch (kind) {
    case kContainer:
      return DeadContainer{container};
    case kBlockList:
      return DeadBlockList{container, {TRY(in.unsigned_int())}};
    case kBlocks:
      return DeadBlocks{container, std::string(TRY(in.text())), TRY(in.unsigned_int()), TRY(in.boolean())};
    case kContent:
      return DeadEnd{container, EndedContent{{TRY(in.unsigned_int())}}};
    case kLayer:
      return DeadEnd{container, EndedLayer{{TRY(in.unsigned_int())}, TRY(in.unsigned_int())}};
    case kHistory:
      return DeadEnd{container, EndedHistory{std::string(TRY(in.text())), TRY(in.unsigned_int())}};
    case kDeletedStates:
      return DeletedStates{container, std::string(TRY(in.text()))};
    case kDeletedContainer:
      return DeletedContainer{container, std::string(TRY(in.text())), TRY(in.unsigned_int())};
    default:
      return IdleBlocks{container, std::string(TRY(in.text())), TRY(in.unsigned_int())};
  }
}

}  // namespace

store::Key task_key(const CollectionTask& task) {
  const auto digest = crypto::sha256(as_bytes(encode(task)));
  return {store::Table::State, key_at(task.due).append(as_text(ConstBytes(digest).first(16)))};
}

store::Write write_task(const CollectionTask& task) {
  return {task_key(task), encode(task)};
}

Result<CollectionTask> decode_task(std::string_view key, std::string_view value) {
  if (!key.starts_with(kPrefix) || key.size() != kPrefix.size() + 24)
    return fail(Code::Corrupt, "What is left to be collected lies under a key that cannot be.");
  CollectionTask task;
  task.due = from_micros(static_cast<std::int64_t>(read_be64(as_bytes(key.substr(kPrefix.size())))));
  CborReader in(as_bytes(value));
  const auto items = TRY(in.array_up_to(7));
  if (items < 4 || TRY(in.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "What is left to be collected has an unknown format.");
  const auto kind = TRY(in.unsigned_int());
  if (kind >= std::size(kItems) || items != kItems[kind])
    return fail(Code::Corrupt, "What is left to be collected is of an unknown kind.");
  task.account = TRY(in.text());
  task.remains = TRY(read_remains(in, kind));
  TRY(in.end());
  return task;
}

std::string first_task_key() {
  return std::string(kPrefix);
}

std::string task_key_after(Timestamp now) {
  return key_at(now + std::chrono::microseconds(1));
}

void let_go(ledger::Effect& effect, const Departure& departure, const BlobHead& head) {
  if (const auto* list = std::get_if<BlockList>(&head.layout)) {
    effect.writes.push_back(write_task(
        {departure.now, std::string(departure.account), DeadBlockList{departure.container, list->list}}));
    return;
  }
  const auto* piece = std::get_if<Piece>(&head.layout);
  if (!piece) return;
  if (auto body = body_of(departure.container, *piece)) effect.releases.push_back(std::move(*body));
}

void let_go(ledger::Effect& effect, const Departure& departure, const keys::DataKeys& keys,
            const std::vector<Block>& dropped) {
  for (std::span rest(dropped); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), kLetGoTogether));
    rest = rest.subspan(part.size());
    const BodyNumber list{crypto::random_number()};
    effect.writes.push_back(seal(keys, block_list_key(departure.container, list), encode_blocks(part)));
    effect.writes.push_back(write_task(
        {departure.now, std::string(departure.account), DeadBlockList{departure.container, list}}));
  }
}

void close_set(ledger::Effect& effect, const Departure& departure, const BlobName& blob,
               const UncommittedSet& set, bool hold_pieces) {
  effect.writes.push_back({uncommitted_key(departure.container, blob), std::nullopt});
  effect.writes.push_back({task_key(idle_task(departure, blob, set)), std::nullopt});
  effect.writes.push_back(
      write_task({departure.now, std::string(departure.account),
                  DeadBlocks{departure.container, blob.text(), set.generation, hold_pieces}}));
}

void add(ledger::Effect& effect, const Departure& departure, ContentChange change) {
  auto move_to = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_to(change.guards, effect.guards);
  move_to(change.untouched, effect.untouched);
  move_to(change.touches, effect.touches);
  move_to(change.writes, effect.writes);
  move_to(change.adopts, effect.adopts);
  move_to(change.shares, effect.shares);
  move_to(change.lost, effect.releases);
  auto leave = [&](Remains remains) {
    effect.writes.push_back(write_task({departure.now, std::string(departure.account), std::move(remains)}));
  };
  for (auto list : change.ended_lists) leave(DeadBlockList{departure.container, list});
  for (auto& ended : change.ended) leave(DeadEnd{departure.container, std::move(ended)});
  for (auto& retained : change.retained)
    effect.writes.push_back(write_task({retained.until, std::string(departure.account),
                                        DeletedStates{departure.container, std::move(retained.name)}}));
}

CollectionTask idle_task(const Departure& departure, const BlobName& blob, const UncommittedSet& set) {
  return {set.idle_at, std::string(departure.account),
          IdleBlocks{departure.container, blob.text(), set.generation}};
}

}  // namespace vitrine::blobs
