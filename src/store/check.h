// Looks at everything that is stored and tells what is not as it was written.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vitrine::store {

class Database;
class ExtentSet;
class SegmentKeys;

/// Something that is not as it was written: where, and what is wrong with it, in words.
struct Damage {
  std::string place;
  std::string what;

  friend bool operator==(const Damage&, const Damage&) = default;
};

struct CheckReport {
  /// So many are told one by one; more are only counted.
  static constexpr std::size_t kMostTold = 1000;

  std::uint64_t values = 0;   ///< rows of the tables
  std::uint64_t records = 0;  ///< in all journals
  std::uint64_t segments = 0;
  std::uint64_t segment_bytes = 0;  ///< read of the extents
  std::uint64_t bytes = 0;          ///< read of everything
  std::uint64_t damages = 0;
  std::vector<Damage> told;

  void add(std::string place, std::string what);

  friend bool operator==(const CheckReport&, const CheckReport&) = default;
};

/// What a check looks at, in this order. Content is what the store does not know by itself; who can open it
/// looks at it behind all this.
enum class CheckStage : std::uint8_t {
  Files,  ///< of the tables: every block
  State,
  Heads,
  Bodies,
  Rows,
  Counters,
  Journal,
  Segments,  ///< every frame
  Content,
  Done,
};
inline constexpr auto kLastCheckStage = CheckStage::Done;

/// Up to where a check has looked; only good to go on from there.
struct CheckPlace {
  CheckStage stage = CheckStage::Files;
  std::string key;

  friend bool operator==(const CheckPlace&, const CheckPlace&) = default;
};

/// Watches a check and steers it. Called from the thread that checks.
class CheckGuide {
 public:
  virtual ~CheckGuide() = default;
  /// So many bytes were read since the last call, and all that lies in front of the place was looked at. May
  /// wait, to bound the rate, when it is told of bytes: no lock or cursor is held then. False ends the check.
  virtual bool go_on(std::uint64_t bytes, const CheckPlace& place) = 0;
};

/// Reads every row and every frame from a place on. Without any key: checksums, forms, gaps in journals,
/// segments that overlap or end early, counters of live bytes that are not the sums of the segments. Where
/// there are keys it also opens the frames and digests what is in them. Adds to the report. Commits,
/// deletions and collection may go on: what looks damaged is looked at again, and is none if it has gone or
/// moved meanwhile. Blocks. Returns whether everything was looked at.
bool check(const Database& database, ExtentSet& extents, const CheckPlace& from, CheckGuide& guide,
           CheckReport& report, SegmentKeys* keys = nullptr);

/// Is told of the bytes read so far.
using CheckProgress = std::function<void(std::uint64_t bytes)>;

/// The same for all of it, as fast as it goes.
CheckReport check(const Database& database, ExtentSet& extents, const CheckProgress& progress,
                  SegmentKeys* keys = nullptr);

}  // namespace vitrine::store
