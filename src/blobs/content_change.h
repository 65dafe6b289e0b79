// What a change of a blob's content does to the tables.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "blobs/content_rows.h"
#include "blobs/incoming_body.h"
#include "store/commit.h"

namespace vitrine::blobs {

/// Nobody needs any row of this content any more.
struct EndedContent {
  Generation rows;
  friend bool operator==(const EndedContent&, const EndedContent&) = default;
};
/// No past state at this point needs the layer any more; older ones may.
struct EndedLayer {
  Generation rows;
  std::uint64_t point = 0;
  friend bool operator==(const EndedLayer&, const EndedLayer&) = default;
};
/// The name's versions and snapshots of this history are gone.
struct EndedHistory {
  std::string name;
  std::uint64_t number = 0;
  friend bool operator==(const EndedHistory&, const EndedHistory&) = default;
};
/// What is left to be erased behind a commit: any number of rows, so bit by bit.
using Ended = std::variant<EndedContent, EndedLayer, EndedHistory>;

/// States under a name that are deleted, and end at a time unless they are restored before.
struct Retained {
  std::string name;
  Timestamp until;
};

/// To be made part of one commit, with the guards of the view that it was made from.
struct ContentChange {
  std::vector<store::Guard> guards{};
  std::vector<store::Untouched> untouched{};
  std::vector<store::Key> touches{};
  std::vector<store::Write> writes{};
  std::vector<store::Segment> adopts{};
  std::vector<store::BodyRef> shares{};
  /// Bodies with a holder less. One whose last holder goes is out of reach at once, also for who reads it.
  std::vector<store::BodyRef> lost{};
  std::vector<BodyNumber> ended_lists{};  ///< of blocks; as `ended`
  std::vector<Ended> ended{};             ///< when nobody reads it any more
  std::vector<Retained> retained{};
};

}  // namespace vitrine::blobs
