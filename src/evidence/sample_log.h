// A small operator for tests: accounts with journals, sealed into a public log, all of the real parts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/mac.h"
#include "evidence/heads.h"
#include "evidence/journal_export.h"
#include "evidence/promised_receipt.h"
#include "evidence/receipt.h"
#include "evidence/seal.h"
#include "evidence/stated_gaps.h"
#include "tlog/checkpoint.h"
#include "tlog/tiles.h"

namespace vitrine::evidence {

/// Deterministic: the same calls make the same bytes.
class SampleLog {
 public:
  using Files = std::map<std::string, Bytes>;

  static constexpr Seconds kStart{std::chrono::seconds{1'795'000'000}};

  [[nodiscard]] const tlog::NoteKey& key() const { return key_; }
  [[nodiscard]] const std::vector<Bytes>& entries() const { return entries_; }
  [[nodiscard]] tlog::MemoryTree& tree() { return tree_; }

  void publish(const PublicEntry& entry) { publish_bytes(encode_entry(entry)); }
  /// Whatever they are.
  void publish_bytes(Bytes entry) {
    entries_.push_back(std::move(entry));
    tree_.append(tlog::leaf_hash(entries_.back()));
  }

  std::size_t create_account(const std::string& name) {
    auto slot = accounts_.size();
    accounts_.push_back({{fresh().bytes}, crypto::HmacKey(as_bytes(name)), {}, {}});
    publish(AccountCreated{slot, account_commitment(fresh(), name, accounts_.back().journal, {})});
    return slot;
  }

  std::uint64_t record(std::size_t slot, const RecordContents& contents) {
    auto& account = accounts_[slot];
    account.records.push_back(
        shown(make_record(account.journal, contents, {fresh(), fresh(), fresh(), fresh()})));
    account.tree.append(leaf(account.records.back()));
    return account.records.size() - 1;
  }

  void seal() { seal_as(next_seal()); }

  [[nodiscard]] const Seal& last_seal() const { return last_; }
  [[nodiscard]] const ShownRecord& stored(std::size_t slot, std::uint64_t index) const {
    return accounts_[slot].records[index];
  }

  [[nodiscard]] std::string checkpoint() const {
    return *tlog::sign_checkpoint({key_.name(), tree_.size(), tree_.root(), {}}, key_, signing_key_);
  }

  /// A journal at the last seal.
  [[nodiscard]] SealedHead sealed_head(std::size_t slot) {
    auto& account = accounts_[slot];
    auto heads_tree = heads(last_.number);
    return {.head = {account.journal, account.tree.size(), account.tree.root()},
            .slot = slot,
            .slot_salt = head_salt(account.secret, last_.number),
            .heads_path = *tlog::prove_inclusion(heads_tree, slot, accounts_.size()),
            .seal_entry = entries_[seal_index_],
            .seal_index = seal_index_,
            .log_path = *tlog::prove_inclusion(tree_, seal_index_, tree_.size()),
            .checkpoint = checkpoint()};
  }

  /// Of a record that was there at the last seal.
  [[nodiscard]] Receipt receipt(std::size_t slot, std::uint64_t index) {
    auto& account = accounts_[slot];
    const auto& record = account.records[index];
    Receipt out{.index = index,
                .commitments = commitments(record),
                .opened = {},
                .journal_path = *tlog::prove_inclusion(account.tree, index, account.tree.size()),
                .sealed = sealed_head(slot)};
    for (std::size_t i = 0; i < kFacets; ++i)
      if (const auto* open = std::get_if<Facet>(&record.facets[i])) out.opened[i] = *open;
    return out;
  }

  /// The promise of one record of a slot, made in a round with others of it.
  [[nodiscard]] Promise promise(std::size_t slot, const std::vector<std::uint64_t>& round, std::size_t which,
                                std::uint64_t seal) const {
    std::vector<PromisedRecord> promised;
    for (auto index : round)
      promised.push_back({accounts_[slot].journal, index, leaf(accounts_[slot].records[index])});
    return PromisedRound(std::move(promised), {.time = kStart, .seal = seal}, key_, signing_key_)
        .promise(which);
  }

  /// Of a record that no seal need have.
  [[nodiscard]] PromisedReceipt promised_receipt(std::size_t slot, std::uint64_t index,
                                                 std::uint64_t seal) const {
    const auto& record = accounts_[slot].records[index];
    return {{record.journal, index, commitments(record), opened(record)}, promise(slot, {index}, 0, seal)};
  }

  /// As a web server would hold them.
  [[nodiscard]] Files files() {
    auto files = tiled(tree_, entries_);
    files["checkpoint"] = to_bytes(as_bytes(checkpoint()));
    return files;
  }

  /// An account's journal at the last seal, as it is exported.
  [[nodiscard]] Files journal(std::size_t slot) {
    auto& account = accounts_[slot];
    std::vector<Bytes> entries;
    for (const auto& record : account.records) entries.push_back(encode_shown(record));
    auto files = tiled(account.tree, entries);
    files[kJournalHeadFile] = to_bytes(as_bytes(*write_journal_head(sealed_head(slot))));
    return files;
  }

 protected:
  struct Account {
    JournalId journal;
    crypto::HmacKey secret;
    std::vector<ShownRecord> records;
    tlog::MemoryTree tree;
  };

  static Files tiled(tlog::MemoryTree& tree, const std::vector<Bytes>& entries) {
    Files files;
    for (const auto& tile : tlog::tiles_of_growth(0, tree.size())) {
      std::vector<Digest> hashes(tile.width);
      for (unsigned i = 0; i < tile.width; ++i)
        hashes[i] = *tree.node(tile.level * tlog::kTileHeight, tile.index * tlog::kTileWidth + i);
      files[path(tile)] = tlog::encode_tile(hashes);
    }
    for (const auto& bundle : tlog::bundles_of_growth(0, tree.size())) {
      auto& file = files[path(bundle)];
      for (unsigned i = 0; i < bundle.width; ++i)
        tlog::append_entry(file, entries[bundle.index * tlog::kTileWidth + i]).value();
    }
    return files;
  }

  Salt fresh() { return {crypto::sha256(as_bytes("salt " + std::to_string(++salts_)))}; }

  /// Of the journals as they are, with the salts of a seal.
  [[nodiscard]] tlog::MemoryTree heads(std::uint64_t seal_number) const {
    tlog::MemoryTree tree;
    for (const auto& account : accounts_)
      tree.append(head_leaf({account.journal, account.tree.size(), account.tree.root()},
                            head_salt(account.secret, seal_number)));
    return tree;
  }

  [[nodiscard]] Seal next_seal() const {
    auto seal = last_;
    ++seal.number;
    seal.time = kStart + std::chrono::seconds(seal.number);
    seal.heads_root = heads(seal.number).root();
    seal.slots = accounts_.size();
    if (seal.number > 1) seal.previous = previous_;
    seal.policy_epoch = 1;
    return seal;
  }

  void seal_as(const Seal& seal) {
    last_ = seal;
    seal_index_ = entries_.size();
    publish(last_);
    previous_ = seal_hash(last_);
  }

  crypto::SigningKey signing_key_ = crypto::SigningKey::from_seed({1, 2, 3});
  tlog::NoteKey key_ = *tlog::NoteKey::make("log.example/sample", signing_key_.public_key());
  std::uint64_t salts_ = 0;
  std::vector<Account> accounts_;
  std::vector<Bytes> entries_;
  tlog::MemoryTree tree_;
  Seal last_;
  Digest previous_{};
  std::uint64_t seal_index_ = 0;
};

/// A permitted read with every field filled.
inline RecordContents sample_contents(std::uint64_t n) {
  return {{"account:sample/key1", "shared-key", "sdk-python"},
          {"storage", "blob.get", "evidence-room", "2026/case-" + std::to_string(n) + ".mp4", "v1",
           crypto::sha256(as_bytes("content")), std::nullopt},
          {"evidence-review",
           "warrant-7",
           Decision::Permitted,
           {"charter-1", "tenant-3"},
           crypto::sha256(as_bytes("bundle")),
           {"blur_faces"},
           {"blur_faces"},
           4,
           2},
          {Measure::UpperBounds,
           {{"items", 1}, {"bytes", 1'048'576}},
           200,
           SampleLog::kStart,
           "3f1c0000-0000-4000-8000-00000000000" + std::to_string(n % 10),
           std::nullopt}};
}

/// What a journal says of records that are not whole any more. Of an erasure it lacks the order's digest.
inline RecordContents sample_statement(std::string_view action, const std::string& records,
                                       const std::string& facets) {
  auto contents = sample_contents(0);
  contents.what = {.service = "storage",
                   .action = std::string(action),
                   .container = {},
                   .blob = records,
                   .version = facets};
  if (action == kExpireAction) contents.who.principal = "system";
  return contents;
}

/// What a journal says of an erasure that two people ordered.
inline RecordContents sample_erasure(const ErasureOrder& order) {
  auto contents = sample_statement(kEraseAction, to_text(order.records), to_text(order.facets));
  contents.what.content_root = order_digest(order);
  contents.why.basis = order.ground;
  return contents;
}

/// Three accounts, five seals, seven records in the second account.
inline SampleLog sample_log() {
  SampleLog log;
  log.create_account("first");
  log.seal();
  log.create_account("second");
  log.create_account("third");
  for (std::uint64_t n = 0; n < 7; ++n) {
    log.record(1, sample_contents(n));
    if (n % 2 == 0) log.seal();
  }
  log.publish(Restart{log.last_seal().time, log.last_seal().number, true});
  return log;
}

}  // namespace vitrine::evidence
