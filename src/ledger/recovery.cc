#include "ledger/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "crypto/mac.h"
#include "evidence/journal_export.h"
#include "identity/slot.h"
#include "ledger/count_row.h"
#include "tlog/log_walk.h"

namespace vitrine::ledger {
namespace {

constexpr std::size_t kRecordsAtOnce = 1000;
constexpr std::size_t kEntriesAtOnce = 4096;

const store::Key kNextStream{store::Table::State, "streams/next"};

/// The entry, if it is of that kind.
template <class Entry>
std::optional<Entry> as(const Bytes& bytes) {
  auto decoded = evidence::decode_entry(bytes);
  if (!decoded || !std::holds_alternative<Entry>(*decoded)) return std::nullopt;
  return std::get<Entry>(std::move(*decoded));
}

}  // namespace

Result<std::unique_ptr<Recovery>> Recovery::open(Ledger& ledger, store::Store& store, const LogKey& key,
                                                 const evidence::ReadLogFile& read,
                                                 std::vector<identity::Account> accounts) {
  const auto look_up = [&](const store::Key& row) { return store.look_up(row); };
  const auto stored = TRY(stored_checkpoint(look_up));
  const auto published = TRY(tlog::open_checkpoint(as_text(TRY(read("checkpoint"))), key.name));
  const auto begun = TRY(store.look_up(recovering_key()));
  const auto size = stored ? stored->size : 0;
  if (published.size <= size && !begun.exists())
    return fail(Code::InvalidInput,
                fmt::format("There is nothing to recover: the published log has {} entries, the store {}.",
                            published.size, size));
  std::unique_ptr<Recovery> recovery(new Recovery(ledger, store, key, std::move(accounts)));
  recovery->stored_entries_ = size;
  recovery->from_ = begun.exists() ? TRY(decode_count(begun.value)) : size;
  recovery->is_finished_ = begun.exists() && TRY(store.look_up(recovered_key())).exists();
  if (!recovery->is_finished_) TRY(recovery->read_missing(read, published.size));
  return recovery;
}

Result<void> Recovery::read_missing(const evidence::ReadLogFile& read, std::uint64_t size) {
  tlog::LogWalk walk(read, size);
  TRY(walk.run([&](const std::optional<ConstBytes>& entry, const tlog::Digest&) {
    const auto index = walk.entries() - 1;
    const auto bytes = to_bytes(*entry);
    if (as<evidence::AccountCreated>(bytes)) ++slots_;
    if (auto seal = as<evidence::Seal>(bytes)) last_ = {index, *seal};
    if (index >= from_) missing_.push_back(bytes);
  }));
  return {};
}

Task<Result<Refilled>> Recovery::refill(const evidence::SealedHead& head,
                                        const evidence::ReadJournalFile& read) {
  const auto slot = static_cast<std::uint32_t>(head.slot);
  const auto row = CO_TRY(store_.look_up(identity::slot_key(slot)));
  const auto place = row.exists() ? CO_TRY(identity::decode_slot(slot, row.value)) : identity::JournalPlace{};
  if (!row.exists() && head.slot < slots_) {
    lost_heads_[slot] = head.head;
    co_return Refilled{.records = 0, .account_is_lost = true};
  }
  if (!row.exists() || place.journal != head.head.journal.bytes)
    co_return fail(Code::InvalidInput, "It is of no journal that this store has.");
  const auto size = store_.journal_size(place.stream);
  std::vector<store::JournalRecord> beyond;
  std::vector<tlog::Digest> known;  // of the store, read ahead
  std::optional<Error> wrong;
  const auto leaf_of = [&](ConstBytes entry) { return evidence::leaf_of_entry(entry, head.head.journal); };
  tlog::LogWalk walk(read, head.head.size, leaf_of, tlog::LogWalk::Dropped::Accepted);
  CO_TRY(walk.run([&](const std::optional<ConstBytes>& entry, const tlog::Digest& leaf) {
    const auto index = walk.entries() - 1;
    if (wrong) return;
    if (index >= size) {
      if (entry)
        beyond.push_back({place.stream, leaf, std::string(as_text(*entry))});
      else
        wrong = Error{Code::VerificationFailed,
                      fmt::format("Record {} is not in the export, only its hash.", index),
                      {}};
      return;
    }
    if (index % kRecordsAtOnce == 0) {
      auto leaves = ledger_.journals().leaves(place.stream, index, kRecordsAtOnce);
      if (!leaves) return void(wrong = leaves.error());
      known = std::move(*leaves);
    }
    if (known[index % kRecordsAtOnce] != leaf)
      wrong = Error{Code::VerificationFailed,
                    fmt::format("Record {} of the export is not the one that the store has.", index),
                    {}};
  }));
  if (wrong) co_return std::unexpected(*wrong);
  for (std::span<store::JournalRecord> left(beyond); !left.empty();) {
    const auto part = left.first(std::min(left.size(), kRecordsAtOnce));
    CO_TRY(co_await ledger_.append({part.begin(), part.end()}));
    left = left.subspan(part.size());
  }
  const auto seal = evidence::decode_entry(head.seal_entry);
  if (seal && std::get<evidence::Seal>(*seal) == last_.seal && size <= head.head.size) whole_.insert(slot);
  co_return Refilled{.records = beyond.size()};
}

Result<std::vector<std::uint32_t>> Recovery::slots_of_lost_accounts() const {
  std::vector<std::uint32_t> lost;
  for (const auto& bytes : missing_)
    if (const auto created = as<evidence::AccountCreated>(bytes)) {
      const auto slot = static_cast<std::uint32_t>(created->slot);
      if (!TRY(store_.look_up(identity::slot_key(slot))).exists()) lost.push_back(slot);
    }
  return lost;
}

Result<std::vector<DoubtfulJournal>> Recovery::doubtful() {
  const auto lost = TRY(slots_of_lost_accounts());
  SealedJournals journals(store_, key_, ledger_.journals().files());
  TRY(journals.load());
  for (auto slot = static_cast<std::uint32_t>(journals.slots()); slot + lost.size() < slots_; ++slot)
    TRY(journals.add(slot));
  TRY(journals.grow(store_.journal_sizes()));
  std::vector<evidence::JournalHead> beyond;
  for (const auto slot : lost)
    if (const auto found = lost_heads_.find(slot); found != lost_heads_.end())
      beyond.push_back(found->second);
  const auto root = TRY(journals.seal(last_.seal.number, beyond));
  const bool is_whole = beyond.size() == lost.size() && root == last_.seal.heads_root;
  std::vector<DoubtfulJournal> doubtful;
  for (std::uint32_t slot = 0; slot < journals.slots(); ++slot) {
    if (is_whole || whole_.contains(slot)) continue;
    const auto head = TRY(journals.open_slot(slot)).head;
    DoubtfulJournal one{.slot = slot, .account = {}, .size = head.size, .root = head.root};
    const auto owner = std::ranges::find(accounts_, slot, &identity::Account::slot);
    if (owner != accounts_.end()) one.account = *owner;
    doubtful.push_back(std::move(one));
  }
  for (const auto slot : lost)
    doubtful.push_back({.slot = slot, .account = {}, .size = 0, .root = tlog::empty_root()});
  return doubtful;
}

Result<std::uint32_t> Recovery::next_stream() {
  if (!stream_) {
    const auto row = TRY(store_.look_up(kNextStream));
    stream_ =
        row.exists() ? static_cast<std::uint32_t>(TRY(decode_count(row.value))) : identity::kFirstSuccessor;
  }
  return (*stream_)++;
}

Result<evidence::Loss> Recovery::end(const DoubtfulJournal& lost, const Ending& ending, const Clock& clock,
                                     std::vector<store::Write>& writes) {
  const auto row = TRY(store_.look_up(identity::slot_key(lost.slot)));
  identity::JournalPlace begun{.stream = lost.slot, .journal = crypto::random_array<32>()};
  if (row.exists()) {
    const auto ended = TRY(identity::decode_slot(lost.slot, row.value));
    begun.stream = TRY(next_stream());
    writes.push_back({identity::ended_key(ended.stream), std::string(as_text(ended.journal))});
  }
  writes.push_back({identity::slot_key(lost.slot), identity::encode_slot(lost.slot, begun)});
  writes.push_back(sealed_size_write(begun.stream, 0));
  const evidence::Salt salt{lost.account ? lost.account->log_salt : crypto::random_array<32>()};
  const auto name = lost.account ? lost.account->name.text() : std::string();
  evidence::Loss loss{
      .slot = lost.slot,
      .size = lost.size,
      .root = lost.root,
      .reason = ending.reason,
      .commitment = evidence::account_commitment(salt, name, {begun.journal}, {}),
      .time = std::max(std::chrono::floor<std::chrono::seconds>(clock.now()), last_.seal.time)};
  for (std::size_t i = 0; i < loss.approvals.size(); ++i)
    loss.approvals[i] = evidence::approve(key_.name.name(), loss, ending.approvers[i]);
  return loss;
}

/// What waited for a seal in the store was published with one that it does not have.
Result<void> Recovery::settle_pending(std::vector<store::Write>& writes) const {
  const std::set<Bytes> published(missing_.begin(), missing_.end());
  for (const auto& row : TRY(store_.scan(store::Table::State, kPending, kBehindPending, SIZE_MAX))) {
    const auto entry = to_bytes(as_bytes(row.value));
    if (!published.contains(entry)) continue;
    writes.push_back({{store::Table::State, row.key}, std::nullopt});
    if (const auto created = as<evidence::AccountCreated>(entry))
      writes.push_back(sealed_size_write(static_cast<std::uint32_t>(created->slot), 0));
  }
  return {};
}

Task<Result<void>> Recovery::finish(const std::vector<DoubtfulJournal>& lost, const Ending* ending,
                                    const Clock& clock) {
  auto log = CO_TRY(PublicLog::open_behind(store_, key_));
  const std::span<const Bytes> missing(missing_);
  auto left = missing.subspan(stored_entries_ - from_);
  while (left.size() > kEntriesAtOnce) {
    auto writes = CO_TRY(log.append_published(left.first(kEntriesAtOnce)));
    writes.push_back({recovering_key(), encode_count(from_)});
    CO_TRY(co_await ledger_.write_seal(std::move(writes), {}));
    left = left.subspan(kEntriesAtOnce);
  }
  std::vector<store::Write> writes;
  CO_TRY(settle_pending(writes));
  std::vector<Bytes> entries(left.begin(), left.end());
  for (const auto& journal : lost)
    entries.push_back(evidence::encode_entry(CO_TRY(end(journal, *ending, clock, writes))));
  auto grown = CO_TRY(log.append_published(entries));
  std::ranges::move(grown, std::back_inserter(writes));
  if (stream_) writes.push_back({kNextStream, encode_count(*stream_)});
  writes.push_back(
      {identity::next_slot_key(), identity::encode_next_slot(static_cast<std::uint32_t>(slots_))});
  writes.push_back({last_seal_key(), encode_last_seal(last_)});
  writes.push_back({recovered_key(), "1"});
  writes.push_back({clean_stop_key(), std::nullopt});
  writes.push_back({recovering_key(), encode_count(from_)});
  CO_TRY(co_await ledger_.write_seal(std::move(writes), {}));
  is_finished_ = true;
  co_return Result<void>{};
}

Task<Result<void>> Recovery::complete() {
  co_return co_await ledger_.write_seal({{recovering_key(), std::nullopt}}, {});
}

}  // namespace vitrine::ledger
