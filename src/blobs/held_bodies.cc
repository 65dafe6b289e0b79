#include "blobs/held_bodies.h"

#include <algorithm>

#include "blobs/collection.h"
#include "blobs/content_rows.h"
#include "blobs/name_state.h"
#include "blobs/sealed.h"
#include "blobs/uncommitted.h"

namespace vitrine::blobs {
namespace {

constexpr std::string_view kContainers = "container/";

std::array<std::uint8_t, 16> digest_of(std::string_view prefix) {
  const auto digest = crypto::sha256(as_bytes(prefix));
  std::array<std::uint8_t, 16> half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

void hold(std::vector<store::BodyRef>& held, const ContainerId& container, const Piece& piece) {
  if (auto body = body_of(container, piece)) held.push_back(std::move(*body));
}

/// A list that names a block twice holds it once.
Result<void> add_of_list(std::string_view value, const ContainerId& container,
                         std::vector<store::BodyRef>& held) {
  for (const auto& block : TRY(decode_blocks(value))) hold(held, container, block.piece);
  std::ranges::sort(held);
  const auto repeated = std::ranges::unique(held);
  held.erase(repeated.begin(), repeated.end());
  return {};
}

}  // namespace

HeldBodies::Account& HeldBodies::account(std::string_view name) {
  const auto known = accounts_.find(name);
  if (known != accounts_.end()) return known->second;
  auto& made = accounts_.emplace(name, Account{std::string(name), true}).first->second;
  if (const auto keys = keys_.of(name))
    owners_[(*keys)->current().owner()] = &made;
  else
    made.all_read = false;
  return made;
}

void HeldBodies::take_fact(const store::EntryView& row) {
  if (row.key.starts_with(kContainers)) take_container(row);
  if (row.key.starts_with(first_task_key())) take_task(row);
}

void HeldBodies::take_container(const store::EntryView& row) {
  const auto path = row.key.substr(kContainers.size());
  const auto name = path.substr(0, path.find('/'));
  auto& owner = account(name);
  const auto keys = keys_.of(name);
  const auto value = keys ? open(**keys, {store::Table::State, std::string(row.key)}, row.value)
                          : std::unexpected(keys.error());
  const auto head = value ? decode_container(*value) : std::unexpected(value.error());
  if (head)
    containers_[head->id] = &owner;
  else
    owner.all_read = false;
}

void HeldBodies::take_task(const store::EntryView& row) {
  const auto task = decode_task(row.key, row.value);
  if (!task) return;
  auto& owner = account(task->account);
  std::visit([&](const auto& remains) { containers_[remains.container] = &owner; }, task->remains);
  const auto* blocks = std::get_if<DeadBlocks>(&task->remains);
  if (blocks && !blocks->hold_pieces)
    taken_over_.insert(digest_of(blocks_begin(blocks->container, blocks->blob, blocks->generation)));
}

/// Whether the block is of a set that was closed by a list, which took its hold over or ended it.
bool HeldBodies::lets_go(std::string_view block_key) const {
  if (taken_over_.empty()) return false;
  const auto name_end = block_key.find('\0', sizeof(ContainerId));
  return taken_over_.contains(digest_of(block_key.substr(0, name_end + 1 + sizeof(std::uint64_t))));
}

void HeldBodies::add_bodies(store::Table table, const store::EntryView& row,
                            std::vector<store::BodyRef>& held) {
  ContainerId id{};
  if (row.key.size() <= id.size()) return;
  std::ranges::copy(as_bytes(row.key.substr(0, id.size())), id.begin());
  const auto container = containers_.find(id);
  // Of an account whose keys were destroyed: nobody can tell what it held.
  if (container == containers_.end()) return;
  auto& owner = *container->second;
  const auto keys = keys_.of(owner.name);
  const auto added = keys ? add(table, row, id, **keys, held) : std::unexpected(keys.error());
  if (!added) owner.all_read = false;
}

Result<void> HeldBodies::add(store::Table table, const store::EntryView& row, const ContainerId& container,
                             const keys::DataKeys& keys, std::vector<store::BodyRef>& held) const {
  if (table == store::Table::Rows) return add_of_rows(row, container, keys, held);
  const auto head = TRY(open_head(keys, std::string(row.key), row.value));
  const auto* piece = head ? std::get_if<Piece>(&head->layout) : nullptr;
  if (piece) hold(held, container, *piece);
  return {};
}

Result<void> HeldBodies::add_of_rows(const store::EntryView& row, const ContainerId& container,
                                     const keys::DataKeys& keys, std::vector<store::BodyRef>& held) const {
  constexpr auto kListKey = sizeof(ContainerId) + 1 + sizeof(std::uint64_t);
  const std::string key(row.key);
  const store::Key place{store::Table::Rows, key};
  if (key[sizeof(ContainerId)] != '\0') {
    if (uncommitted_blob_name(key) || lets_go(key)) return {};
    hold(held, container, TRY(decode_block(keys, {key, row.version, 0, std::string(row.value)})));
    return {};
  }
  if (key.size() == kListKey) return add_of_list(TRY(open(keys, place, row.value)), container, held);
  const auto parsed = TRY(parse_content_key(key));
  if (parsed.kind == ContentKey::Kind::Holder) return {};
  const auto value = TRY(open(keys, place, row.value));
  if (parsed.kind == ContentKey::Kind::Appended)
    hold(held, container, TRY(decode_appended(value, parsed.end)));
  else if (const auto pages = TRY(decode_page_row(value, parsed.end)); pages.piece)
    hold(held, container, *pages.piece);
  return {};
}

bool HeldBodies::all_read(const store::BodyRef& body, const keys::Owner* owner) const {
  if (std::holds_alternative<store::SegmentId>(body)) {
    const auto known = owner ? owners_.find(*owner) : owners_.end();
    return known != owners_.end() && known->second->all_read;
  }
  const auto& key = std::get<std::string>(body);
  ContainerId id{};
  if (key.size() < id.size()) return false;
  std::copy_n(as_bytes(key).begin(), id.size(), id.begin());
  const auto container = containers_.find(id);
  return container != containers_.end() && container->second->all_read;
}

}  // namespace vitrine::blobs
