// Which bodies the rows of blobs hold, for a check of the counters. (docs/formats/heads.md)
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "blobs/container.h"
#include "keys/key_directory.h"
#include "store/holders_check.h"

namespace vitrine::blobs {

/// Keeps the ids of containers and the sets of blocks that were closed; no key longer than for one row.
class HeldBodies final : public store::HolderRows {
 public:
  explicit HeldBodies(const keys::KeyDirectory& keys) : keys_(keys) {}

  void take_fact(const store::EntryView& row) override;
  void add_bodies(store::Table table, const store::EntryView& row,
                  std::vector<store::BodyRef>& held) override;
  [[nodiscard]] bool all_read(const store::BodyRef& body, const keys::Owner* owner) const override;

 private:
  struct Account {
    std::string name;
    bool all_read = true;
  };

  Account& account(std::string_view name);
  void take_container(const store::EntryView& row);
  void take_task(const store::EntryView& row);
  Result<void> add(store::Table table, const store::EntryView& row, const ContainerId& container,
                   const keys::DataKeys& keys, std::vector<store::BodyRef>& held) const;
  Result<void> add_of_rows(const store::EntryView& row, const ContainerId& container,
                           const keys::DataKeys& keys, std::vector<store::BodyRef>& held) const;
  [[nodiscard]] bool lets_go(std::string_view block_key) const;

  const keys::KeyDirectory& keys_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<keys::Owner, const Account*> owners_;
  std::map<ContainerId, Account*> containers_;
  /// What the keys of blocks begin with that a list took over, digested.
  std::set<std::array<std::uint8_t, 16>> taken_over_;
};

}  // namespace vitrine::blobs
