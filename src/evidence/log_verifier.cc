#include "evidence/log_verifier.h"

#include <fmt/format.h>

#include "evidence/readable.h"
#include "evidence/seal_chain.h"
#include "tlog/checkpoint.h"
#include "tlog/log_walk.h"

namespace vitrine::evidence {
namespace {

/// A broken rule, and where.
struct Fault {
  std::string sentence;
  std::string place;
};

/// What one pass over the log's files shows.
struct Findings {
  std::optional<tlog::Digest> earlier_root;
  SealChain chain;
  std::optional<Fault> entry_fault;
};

void look_at(ConstBytes entry, const std::string& place, Findings& findings) {
  auto decoded = decode_entry(entry);
  auto kept = decoded ? findings.chain.follow(*decoded) : Result<void>(std::unexpected(decoded.error()));
  if (!kept && !findings.entry_fault) findings.entry_fault = Fault{kept.error().message, place};
}

Result<tlog::Checkpoint> read_checkpoint(const ReadLogFile& read, const tlog::NoteKey& log) {
  return tlog::open_checkpoint(as_text(TRY(read("checkpoint"))), log);
}

/// The checks behind the pass over the files, in order.
void judge(const Findings& findings, const tlog::Checkpoint& checkpoint, const tlog::Digest& root,
           const std::optional<tlog::Checkpoint>& earlier, Verification& verification) {
  if (root != checkpoint.root)
    return verification.fail("The entries are not those that the log signed: their root is another one.",
                             "checkpoint");
  verification.pass("The root over all entries is the one that the log signed.");
  if (earlier) {
    if (findings.earlier_root != earlier->root)
      return verification.fail(
          fmt::format(
              "History was rewritten: the first {} entries are not those that the log signed earlier.",
              earlier->size),
          "earlier checkpoint");
    verification.pass(
        fmt::format("The first {} entries are those that the log signed earlier.", earlier->size));
  }
  if (findings.entry_fault)
    return verification.fail(findings.entry_fault->sentence, findings.entry_fault->place);
  const auto& last = findings.chain.last();
  verification.pass(fmt::format("{} seals follow each other without gap.", last.number));
  verification.state("log", checkpoint.origin);
  verification.state("entries", fmt::to_string(checkpoint.size));
  verification.state("accounts", fmt::to_string(findings.chain.accounts()));
  if (last.number > 0)
    verification.state("last seal", fmt::format("{} of {}", last.number, readable_time(last.time)));
}

}  // namespace

Verification verify_log(const ReadLogFile& read, const tlog::NoteKey& log,
                        const std::optional<std::string>& since) {
  std::vector<std::string> names = {"checkpoint"};
  if (since) names.emplace_back("earlier checkpoint");
  names.insert(names.end(), {"files", "root"});
  if (since) names.emplace_back("history");
  names.emplace_back("entries");
  Verification verification("log", std::move(names));

  auto checkpoint = read_checkpoint(read, log);
  if (!checkpoint) {
    verification.fail(checkpoint.error().message, "checkpoint");
    return verification;
  }
  verification.pass(
      fmt::format("The log '{}' signed its state of {} entries.", log.name(), checkpoint->size));

  std::optional<tlog::Checkpoint> earlier;
  if (since) {
    auto opened = tlog::open_checkpoint(*since, log);
    if (!opened || opened->size > checkpoint->size) {
      verification.fail(opened ? fmt::format("The log went back: it had {} entries and now has {}.",
                                             opened->size, checkpoint->size)
                               : opened.error().message,
                        "earlier checkpoint");
      return verification;
    }
    earlier = std::move(*opened);
    verification.pass(fmt::format("The log signed its earlier state of {} entries.", earlier->size));
  }

  Findings findings;
  tlog::LogWalk walk(read, checkpoint->size);
  if (earlier && earlier->size == 0) findings.earlier_root = tlog::empty_root();
  auto complete = walk.run([&](ConstBytes entry) {
    look_at(entry, walk.place(), findings);
    if (earlier && walk.entries() == earlier->size) findings.earlier_root = walk.root();
  });
  if (!complete) {
    verification.fail(complete.error().message, walk.place());
    return verification;
  }
  verification.pass("All entry bundles and tiles are there, and every tile holds the hashes of its entries.");
  judge(findings, *checkpoint, walk.root(), earlier, verification);
  return verification;
}

}  // namespace vitrine::evidence
