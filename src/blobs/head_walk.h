// Walks the blobs of a container in the order of their names.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "blobs/name_state.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Which states a walk shows besides the current ones.
struct WalkChoice {
  bool snapshots = false;
  bool versions = false;
  bool deleted = false;       ///< also states that are deleted and not gone yet, of the kinds that are shown
  bool only_deleted = false;  ///< and no others
  bool deleted_with_versions = false;  ///< the newest version of each blob that was deleted
  Timestamp now{};                     ///< what is over by then is not shown

  [[nodiscard]] bool shows_past() const { return snapshots || versions || deleted_with_versions; }
};

/// One state of a blob as a walk finds it.
struct FoundState {
  std::string name;
  std::optional<PastId> past;  ///< none: the current one
  BlobHead head;
  bool has_versions_only = false;  ///< the newest version of a blob that was deleted
};

/// Where a walk is to begin: at a name, or at one of its states.
struct WalkPosition {
  std::string name;
  std::optional<PastId> past{};
  bool at_current = false;  ///< behind the name's past states, at its current one
};

/// Under each name: snapshots, versions, then the current state, each kind from the oldest to the newest, as
/// List Blobs wants them. States that were not chosen are passed by a seek, however many they are, and cost
/// nothing where there are none. Sees the table as it was when the walk began.
class HeadWalk {
 public:
  /// What a scanner for open() sees.
  static store::ScanRange range(const ContainerId& container, std::string_view prefix);
  HeadWalk(std::shared_ptr<const keys::DataKeys> keys, const ContainerId& container, WalkChoice choice,
           store::Scanner rows)
      : keys_(std::move(keys)), container_(container), choice_(choice), rows_(std::move(rows)) {}
  /// Names that begin with `prefix`. Errors: those of the store.
  static Result<HeadWalk> open(const store::Store& store, std::shared_ptr<const keys::DataKeys> keys,
                               const ContainerId& container, std::string_view prefix, WalkChoice choice = {});

  /// The next state, nothing at the end. Errors: Corrupt, Unavailable, DeviceFailed.
  Result<std::optional<FoundState>> next();
  /// Goes on with the first state that is not before the position.
  void seek(const WalkPosition& position);

 private:
  /// A name whose own row was read and whose past states are being given out.
  struct Current {
    std::string name;
    NameState state;
    PastKind kind;  ///< that the scanner stands at
    bool shows_newest_alone = false;
  };
  /// Its current state, if it has no past ones to give out before.
  Result<std::optional<FoundState>> begin_name(std::string name, const store::EntryView& row);
  Result<std::optional<FoundState>> next_past();
  Result<std::optional<FoundState>> newest_version();
  [[nodiscard]] Result<bool> shows(const BlobHead& head) const;
  void seek_past(PastKind kind, Moment from);
  Result<std::optional<FoundState>> current_state(std::string name, NameState state) const;

  std::shared_ptr<const keys::DataKeys> keys_;
  ContainerId container_;
  WalkChoice choice_;
  store::Scanner rows_;
  std::string opened_;  ///< the last row's value, kept for its room
  std::optional<Current> name_;
  std::optional<WalkPosition> start_;  ///< within a name that is not reached yet
};

}  // namespace vitrine::blobs
