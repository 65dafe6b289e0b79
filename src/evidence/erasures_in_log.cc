#include "evidence/erasures_in_log.h"

#include "evidence/readable.h"
#include "evidence/refuted.h"

namespace vitrine::evidence {
namespace {

/// So many are stated one by one; all are compared.
constexpr std::size_t kMostStated = 1000;

}  // namespace

Result<std::string> ErasuresInLog::read(const ReadLogFile& read, const tlog::NoteKey& log,
                                        std::string& where) {
  const auto verification = verify_log(read, log, std::nullopt,
                                       [&](std::uint64_t index, const auto& entry) { follow(index, entry); });
  if (const auto* failure = verification.failure()) {
    where = failure->place;
    return refuted("The public log does not verify by itself: {}", failure->sentence);
  }
  if (entries_ <= place_.seal_index)
    return refuted("The public log ends before seal {}, of which this journal is: take a newer copy of it.",
                   place_.seal.number);
  if (!has_seal_)
    return refuted(
        "The public log has another entry in the place of seal {}, of which this journal is: there "
        "are two histories. Both are signed by the log; keep both.",
        place_.seal.number);
  return fmt::format("The public log verifies by itself, and has seal {}.", place_.seal.number);
}

void ErasuresInLog::follow(std::uint64_t index, const PublicEntry& entry) {
  entries_ = index + 1;
  const auto* seal = std::get_if<Seal>(&entry);
  if (index == place_.seal_index) has_seal_ = seal && seal_hash(*seal) == seal_hash(place_.seal);
  if (index >= place_.seal_index) return;
  if (seal) behind_seal_before_ = index;
  const auto* loss = std::get_if<Loss>(&entry);
  if (loss && loss->slot == place_.slot) published_.clear();
  const auto* erasure = std::get_if<Erasure>(&entry);
  if (!erasure || erasure->slot != place_.slot) return;
  if (published_.size() < StatedGaps::kMostErasures)
    published_.try_emplace(erasure->order, Published{index, *erasure, {}});
  else
    too_many_ = true;
}

Result<std::string> ErasuresInLog::compare(const std::vector<StatedErasure>& stated, std::uint64_t dropped) {
  if (too_many_)
    return refuted("The public log counts more than {} erasures in slot {}: more than this program compares.",
                   StatedGaps::kMostErasures, place_.slot);
  for (const auto& each : stated) TRY(find(each));
  TRY(count_without_record(dropped));
  return fmt::format("{} erasures are in the journal and in the public log, each signed with two keys.",
                     published_.size() - not_yet_ - of_dropped_);
}

Result<void> ErasuresInLog::find(const StatedErasure& stated) {
  const auto found = published_.find(stated.order);
  if (found == published_.end())
    return refuted(
        "Record {} tells of an erasure from {} records, and the public log has no entry of it: "
        "nothing shows that two people agreed to it.",
        stated.index, stated.records);
  const auto& erasure = found->second.erasure;
  if (erasure.records != stated.records || erasure.facets != stated.facets)
    return refuted(
        "Record {} tells of an erasure of '{}' from {} records; what two people signed in entry {} "
        "of the public log is '{}' from {} records.",
        stated.index, to_text(stated.facets), stated.records, found->second.entry, to_text(erasure.facets),
        erasure.records);
  found->second.record = stated.index;
  return {};
}

/// A record is committed with the order to publish its entry, and both are taken up by one seal or the record
/// by the next.
Result<void> ErasuresInLog::count_without_record(std::uint64_t dropped) {
  for (const auto& [order, each] : published_) {
    if (each.record) continue;
    if (each.entry > behind_seal_before_) {
      ++not_yet_;
    } else if (of_dropped_ < dropped) {
      ++of_dropped_;
    } else {
      return refuted(
          "Entry {} of the public log tells of an erasure from {} records of slot {}, and no record "
          "of the journal does: it was hidden from this journal, or never carried out.",
          each.entry, each.erasure.records, place_.slot);
    }
  }
  return {};
}

void ErasuresInLog::state(Verification& verification) const {
  const auto matched = published_.size() - not_yet_ - of_dropped_;
  verification.state("erasures", fmt::format("{}, as in the public log", matched));
  if (of_dropped_ > 0) verification.state("erasures told by dropped records", fmt::to_string(of_dropped_));
  if (not_yet_ > 0) verification.state("erasures behind this export", fmt::to_string(not_yet_));
  std::size_t stated = 0;
  for (const auto& [order, each] : published_) {
    if (!each.record || stated++ >= kMostStated) continue;
    const auto& erasure = each.erasure;
    verification.state(Statement{"erasure",
                                 {{"record", fmt::to_string(*each.record)},
                                  {"entry of the log", fmt::to_string(each.entry)},
                                  {"of", to_text(erasure.facets)},
                                  {"from records", fmt::to_string(erasure.records)},
                                  {"agreed", readable_time(erasure.agreed)},
                                  {"first approver", fingerprint(erasure.approvals[0])},
                                  {"second approver", fingerprint(erasure.approvals[1])}}});
  }
}

}  // namespace vitrine::evidence
