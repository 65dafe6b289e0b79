#include "evidence/stated_gaps.h"

#include <algorithm>

namespace vitrine::evidence {
namespace {

/// Records are dropped in bundles as full as C2SP tlog-tiles makes them.
constexpr std::uint64_t kBundle = 256;

/// The reasons of what was permitted. decode_shown() read all facets already.
std::optional<Why> permission(const ShownRecord& record) {
  const auto* facet = open_facet(record, FacetKind::Why);
  if (!facet) return std::nullopt;
  auto why = decode_why(facet->cbor).value();
  return why.decision == Decision::Permitted ? std::optional(std::move(why)) : std::nullopt;
}

bool is_by_system(const ShownRecord& record) {
  const auto* who = open_facet(record, FacetKind::Who);
  return who && decode_who(who->cbor).value().principal == "system";
}

/// The records that a statement at `index` names; none where it does not count.
RecordRanges named_before(const What& what, std::uint64_t index) {
  const auto records = parse_ranges(what.blob);
  return records && records->back().last < index ? *records : RecordRanges{};
}

/// Below which index a record says that records were dropped; 0 where it says nothing that counts.
std::uint64_t dropped_by(const ShownRecord& record, const What& what, std::uint64_t index) {
  const auto named = named_before(what, index);
  const bool counts = named.size() == 1 && named.front().first == 0 &&
                      (named.front().last + 1) % kBundle == 0 && is_by_system(record) && permission(record);
  return counts ? named.front().last + 1 : 0;
}

/// How many indexes both have; each is merged.
std::uint64_t count_common(const RecordRanges& a, const RecordRanges& b) {
  std::uint64_t common = 0;
  for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
    const auto first = std::max(left->first, right->first), last = std::min(left->last, right->last);
    if (first <= last) common += last - first + 1;
    left->last < right->last ? ++left : ++right;
  }
  return common;
}

}  // namespace

void IndexList::add(std::uint64_t index) {
  ++count_;
  if (!kept_.empty() && kept_.back().last + 1 == index)
    ++kept_.back().last;
  else if (!is_full())
    kept_.push_back({index, index});
}

void StatedGaps::follow(const ShownRecord& record, std::uint64_t index) {
  for (auto kind : kFacetKinds)
    if (!open_facet(record, kind)) closed_[at(kind)].add(index);
  const auto* facet = open_facet(record, FacetKind::What);
  if (!facet) return;
  const auto what = decode_what(facet->cbor).value();
  if (what.action == kEraseAction) take_erasure(record, what, index);
  if (what.action == kExpireAction)
    dropped_below_ = std::max(dropped_below_, dropped_by(record, what, index));
  if (what.action == kEraseAction || what.action == kExpireAction) statements_.add(index);
}

void StatedGaps::follow_missing(std::uint64_t index) {
  missing_.add(index);
  last_missing_ = index;
}

std::optional<MissingRecords> StatedGaps::missing_unstated() const {
  MissingRecords unstated{.last = last_missing_, .count = missing_.count()};
  for (const auto& range : missing_.kept()) {
    if (range.last >= dropped_below_) {
      unstated.first = std::max(range.first, dropped_below_);
      unstated.count -= unstated.first - range.first;
      return unstated;
    }
    unstated.count -= range.last - range.first + 1;
  }
  if (unstated.count == 0) return std::nullopt;
  unstated.first = missing_.kept().back().last + 1;
  return unstated;
}

/// One that was refused names no facets.
void StatedGaps::take_erasure(const ShownRecord& record, const What& what, std::uint64_t index) {
  const auto why = permission(record);
  const auto facets = parse_facets(what.version);
  const auto records = named_before(what, index);
  if (!why || !facets || records.empty() || count(records) > kMostErased || names_statements(records)) return;
  if (what.content_root != order_digest({record.journal, records, *facets, why->basis})) return;
  if (erasures_.size() == kMostErasures) return;
  for (auto kind : kFacetKinds)
    if (facets->contains(kind) && !keep(records, kind)) return;
  erasures_.push_back({index, count(records), *facets, *what.content_root});
}

bool StatedGaps::names_statements(const RecordRanges& records) const {
  return statements_.is_full() || count_common(records, statements_.kept()) > 0;
}

bool StatedGaps::keep(const RecordRanges& records, FacetKind kind) {
  auto& stated = stated_[at(kind)];
  if (stated.size() + records.size() > IndexList::kMostRanges) stated = merged(std::move(stated));
  if (stated.size() + records.size() > IndexList::kMostRanges) return false;
  stated.insert(stated.end(), records.begin(), records.end());
  return true;
}

std::uint64_t StatedGaps::closed_unstated(FacetKind kind) const {
  const auto& closed = closed_[at(kind)];
  return closed.count() - count_common(closed.kept(), merged(stated_[at(kind)]));
}

}  // namespace vitrine::evidence
