// Interprets one operation on the engine and on the reference alike, and compares.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>

#include "operations/model_reference.h"
#include "operations/model_world.h"

namespace vitrine::operations {

/// Small numbers, so that a failure shrinks to few and simple operations.
struct ModelStep {
  enum Kind : std::uint8_t {
    PutWhole,
    PutBlocks,
    MakeAppended,
    Append,
    MakePages,
    WritePages,
    ClearPages,
    Resize,
    Snapshot,
    Delete,
    DeleteAll,
    EndPast,
    Read,
    HoldRead,
    Ranges,
    Differences,
    List,
    Collect,
    Merge,
    Compact,
    NewContainer,
    CutPower,
  };
  static constexpr std::array kNames = {
      "put",         "put-blocks", "make-appended", "append",      "make-pages", "write-pages",
      "clear-pages", "resize",     "snapshot",      "delete",      "delete-all", "end-past",
      "read",        "hold-read",  "ranges",        "differences", "list",       "collect",
      "merge",       "compact",    "new-container", "cut-power"};
  std::uint8_t kind = 0;
  std::uint8_t name = 0;
  std::uint16_t a = 0, b = 0;
  bool keep_version = false;

  static constexpr std::array kBlobs = {"a", "a/b", "a/c", "b", "b\x01x", "ba/z"};
  [[nodiscard]] std::string blob() const { return kBlobs.at(name); }
  friend std::ostream& operator<<(std::ostream& out, const ModelStep& step) {
    return out << kNames[step.kind] << "(" << int(step.name) << ", " << step.a << ", " << step.b
               << (step.keep_version ? ", version)" : ")");
  }
};

class ModelRun {
 public:
  ModelRun();
  /// False when engine and reference differ; error() says how.
  bool apply(const ModelStep& step);
  /// Everything is deleted and collected: nothing may stay behind.
  bool finish();
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  using Found = ModelWorld::Found;
  using Change = Result<blobs::ContentChange>;

  void carry_out(const ModelStep& step);
  void come_back(store::Version acknowledged, Reference before_last_step);
  void put(const ModelStep& step);
  void change_appended(const ModelStep& step);
  void change_pages(const ModelStep& step);
  void delete_blob(const ModelStep& step);
  void end_past(const ModelStep& step);
  void snapshot(const ModelStep& step);
  void read(const ModelStep& step);
  void hold_read(const ModelStep& step);
  void check_held_read();
  void check_counters();
  void differences(const ModelStep& step);
  void list(const ModelStep& step);
  void merge(const ModelStep& step);
  void create_container();
  void empty_container();
  void replace_container();

  /// Commits what `make` makes of the name as it is now, until nobody comes between. False if it makes
  /// nothing.
  template <class Make>
  bool change(const std::string& name, const Make& make);
  blobs::BlobHead new_head(const Found& found);
  /// Takes the current state away, as a version if that is kept.
  Change leave(Found& found, bool keep_version);
  void note_left(ReferenceName& name, bool keep_version);
  /// A state of the name and the head that the engine has for it; nothing when there is none.
  struct Chosen {
    const ReferenceState* expected;
    blobs::BlobHead head;
    bool is_past;
  };
  std::optional<Chosen> choose(const std::string& name, std::uint16_t which);
  void expect(bool same, const std::string& what);
  Timestamp now();
  std::string text(const ModelStep& step, std::size_t size);

  ModelWorld engine_;
  blobs::ContainerId container_{};
  std::vector<blobs::ContainerId> containers_;  ///< that there ever were
  Reference reference_;
  std::optional<blobs::PastId> kept_;  ///< by the last change
  std::string held_;                   ///< what the read that is held must give
  store::Version changed_at_ = 0;      ///< by the last step, 0 if it changed no blob
  bool power_will_go_ = false;
  std::uint64_t contents_ = 0, texts_ = 0, ticks_ = 0;
  std::string error_;
};

}  // namespace vitrine::operations
