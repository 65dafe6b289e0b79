// Looks at everything that is stored and tells what is not as it was written.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vitrine::store {

class Database;
class ExtentSet;

/// Something that is not as it was written: where, and what is wrong with it, in words.
struct Damage {
  std::string place;
  std::string what;
};

struct CheckReport {
  /// So many are told one by one; more are only counted.
  static constexpr std::size_t kMostTold = 1000;

  std::uint64_t values = 0;   ///< rows of the tables
  std::uint64_t records = 0;  ///< in all journals
  std::uint64_t segments = 0;
  std::uint64_t segment_bytes = 0;  ///< read of the extents
  std::uint64_t damages = 0;
  std::vector<Damage> told;

  void add(std::string place, std::string what);
};

/// Is told of the bytes of extents read so far.
using CheckProgress = std::function<void(std::uint64_t bytes)>;

/// Reads every row and every frame, without any key: checksums, forms, gaps in journals, segments that
/// overlap or end early. Blocks for as long as reading everything takes.
CheckReport check(const Database& database, ExtentSet& extents, const CheckProgress& progress);

}  // namespace vitrine::store
