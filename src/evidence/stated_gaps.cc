#include "evidence/stated_gaps.h"

#include <algorithm>

namespace vitrine::evidence {
namespace {

/// Behind all that are there.
void add(std::uint64_t index, RecordRanges& ranges) {
  if (!ranges.empty() && ranges.back().last + 1 == index)
    ++ranges.back().last;
  else
    ranges.push_back({index, index});
}

}  // namespace

void StatedGaps::follow(const ShownRecord& record, std::uint64_t index) {
  for (auto kind : kFacetKinds)
    if (std::holds_alternative<Digest>(record.facets[at(kind)])) add(index, closed_[at(kind)]);
  // decode_shown() read it already.
  if (const auto* what = std::get_if<Facet>(&record.facets[at(FacetKind::What)]))
    take_statement(decode_what(what->cbor).value());
}

void StatedGaps::follow_missing(std::uint64_t index) {
  add(index, missing_);
}

RecordRanges StatedGaps::missing_unstated() const {
  RecordRanges unstated;
  for (const auto& range : missing_)
    if (range.last >= dropped_below_) unstated.push_back({std::max(range.first, dropped_below_), range.last});
  return unstated;
}

/// One that was refused names no facets.
void StatedGaps::take_statement(const What& what) {
  if (what.action != kEraseAction && what.action != kExpireAction) return;
  const auto facets = parse_facets(what.version);
  const auto records = parse_ranges(what.blob);
  if (records && what.action == kExpireAction && records->size() == 1 && records->front().first == 0)
    dropped_below_ = std::max(dropped_below_, records->front().last + 1);
  if (!facets || !records || what.action != kEraseAction) return;
  for (auto kind : kFacetKinds)
    if (facets->contains(kind))
      stated_[at(kind)].insert(stated_[at(kind)].end(), records->begin(), records->end());
}

std::uint64_t StatedGaps::closed_unstated(FacetKind kind) const {
  const auto stated = merged(stated_[at(kind)]);
  std::uint64_t unstated = 0;
  for (const auto& range : closed_[at(kind)])
    for (auto index = range.first; index <= range.last; ++index) unstated += contains(stated, index) ? 0 : 1;
  return unstated;
}

}  // namespace vitrine::evidence
