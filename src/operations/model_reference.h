// What the engine should hold, in plain maps and strings.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "blobs/head_walk.h"
#include "blobs/pages.h"

namespace vitrine::operations {

/// One state of a blob.
struct ReferenceState {
  enum class Kind { Whole, Blocks, Appended, Pages };
  Kind kind = Kind::Whole;
  std::string bytes{};
  std::uint64_t content = 0;                ///< the same for all states of one content
  std::uint64_t changes = 0;                ///< of the pages so far
  std::vector<std::uint64_t> changed_at{};  ///< for each page, also behind the end, its last change
};

struct ReferenceName {
  std::optional<ReferenceState> current{};
  std::map<blobs::PastId, ReferenceState> past{};  ///< in the order of a listing
};

/// A container, by the names of its blobs.
using Reference = std::map<std::string, ReferenceName>;

inline bool has_data(const std::string& page) {
  return page.find_first_not_of('\0') != std::string::npos;
}

/// Pages are written with bytes that are never zero, so a page of zeros holds no data.
inline std::vector<blobs::Interval> data_ranges(const ReferenceState& state) {
  std::vector<blobs::Interval> ranges;
  for (std::uint64_t at = 0; at < state.bytes.size(); at += blobs::kPageBytes) {
    if (!has_data(state.bytes.substr(at, blobs::kPageBytes))) continue;
    if (!ranges.empty() && ranges.back().end == at)
      ranges.back().end += blobs::kPageBytes;
    else
      ranges.push_back({at, at + blobs::kPageBytes});
  }
  return ranges;
}

inline std::vector<blobs::PageDifference> differences(const ReferenceState& before,
                                                      const ReferenceState& after) {
  std::vector<blobs::PageDifference> out;
  for (std::uint64_t at = 0; at < after.bytes.size(); at += blobs::kPageBytes) {
    if (after.changed_at[at / blobs::kPageBytes] <= before.changes) continue;
    bool cleared = !has_data(after.bytes.substr(at, blobs::kPageBytes));
    if (!out.empty() && out.back().pages.end == at && out.back().is_cleared == cleared)
      out.back().pages.end += blobs::kPageBytes;
    else
      out.push_back({{at, at + blobs::kPageBytes}, cleared});
  }
  return out;
}

/// A change of pages: `fill` bytes, or zeros.
inline void change_pages(ReferenceState& state, const blobs::Interval& pages, const std::string& bytes) {
  std::copy(bytes.begin(), bytes.end(), state.bytes.begin() + static_cast<std::ptrdiff_t>(pages.begin));
  ++state.changes;
  for (auto page = pages.begin / blobs::kPageBytes; page < pages.end / blobs::kPageBytes; ++page)
    state.changed_at[page] = state.changes;
}

/// What a listing shows, one line a state or prefix.
inline std::vector<std::string> listing(const Reference& reference, const std::string& prefix,
                                        const std::string& delimiter, const blobs::WalkChoice& also) {
  std::vector<std::string> lines;
  for (const auto& [name, states] : reference) {
    if (!name.starts_with(prefix)) continue;
    std::vector<std::string> own;
    for (const auto& [past, state] : states.past)
      if (past.kind == blobs::PastKind::Snapshot ? also.snapshots : also.versions)
        own.push_back(name + "@" + past.moment.text());
    if (states.current) own.push_back(name);
    auto cut = delimiter.empty() ? std::string::npos : name.find(delimiter, prefix.size());
    if (cut == std::string::npos || own.empty()) {
      lines.insert(lines.end(), own.begin(), own.end());
      continue;
    }
    auto shared = name.substr(0, cut + delimiter.size()) + " …";
    if (lines.empty() || lines.back() != shared) lines.push_back(shared);
  }
  return lines;
}

}  // namespace vitrine::operations
