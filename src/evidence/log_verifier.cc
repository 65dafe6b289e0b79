#include "evidence/log_verifier.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/encoding.h"
#include "evidence/readable.h"
#include "evidence/seal_chain.h"
#include "evidence/steps.h"
#include "tlog/checkpoint.h"
#include "tlog/log_walk.h"

namespace vitrine::evidence {
namespace {

/// An entry that breaks a rule, and where it lies.
struct Fault {
  std::string sentence;
  std::string place;
};

/// What is established so far; each step adds to it.
struct Walk {
  const ReadLogFile& read;
  const tlog::NoteKey& log;
  const std::optional<std::string>& since;
  const VisitEntry& visit;
  std::string place{};  ///< of the check at hand

  tlog::Checkpoint checkpoint{};
  tlog::Checkpoint earlier{};
  tlog::Digest root{};
  tlog::Digest earlier_root = tlog::empty_root();
  SealChain chain{log.name()};
  std::vector<Loss> losses{};
  std::optional<Fault> first_fault{};
};

Result<std::string> check_checkpoint(Walk& walk) {
  walk.checkpoint = TRY(tlog::open_checkpoint(as_text(TRY(walk.read("checkpoint"))), walk.log));
  return fmt::format("The log '{}' signed its state of {}.", walk.log.name(),
                     counted(walk.checkpoint.size, "entry", "entries"));
}

Result<std::string> check_earlier(Walk& walk) {
  walk.earlier = TRY(tlog::open_checkpoint(*walk.since, walk.log));
  if (walk.earlier.size > walk.checkpoint.size)
    return fail(Code::VerificationFailed,
                fmt::format("The log went back: it had {} and now has {}; unless the two were exchanged, or "
                            "are of different histories of it.",
                            counted(walk.earlier.size, "entry", "entries"), walk.checkpoint.size));
  return fmt::format("The log signed its earlier state of {}.",
                     counted(walk.earlier.size, "entry", "entries"));
}

void look_at(ConstBytes entry, std::uint64_t index, const std::string& place, Walk& walk) {
  auto decoded = decode_entry(entry);
  auto kept = decoded ? walk.chain.follow(*decoded) : Result<void>(std::unexpected(decoded.error()));
  if (!kept && !walk.first_fault) walk.first_fault = Fault{kept.error().message, place};
  const auto* loss = decoded ? std::get_if<Loss>(&*decoded) : nullptr;
  if (loss && walk.losses.size() < kMostLossesStated) walk.losses.push_back(*loss);
  if (decoded && walk.visit) walk.visit(index, *decoded);
}

Result<std::string> check_files(Walk& walk) {
  tlog::LogWalk files(walk.read, walk.checkpoint.size);
  auto complete = files.run([&](const std::optional<ConstBytes>& entry, const Digest&) {
    look_at(*entry, files.entries() - 1, files.place(), walk);
    if (files.entries() == walk.earlier.size) walk.earlier_root = files.root();
  });
  walk.root = files.root();
  walk.place = files.place();
  TRY(std::move(complete));
  return "All entry bundles and tiles are there, and every tile holds the hashes of its entries.";
}

Result<std::string> check_root(Walk& walk) {
  if (walk.root == walk.checkpoint.root) return "The root over all entries is the one that the log signed.";
  return fail(Code::VerificationFailed,
              "The entries are not those that the log signed: their root is another one.");
}

Result<std::string> check_history(Walk& walk) {
  if (walk.earlier_root == walk.earlier.root)
    return fmt::format("The first {} those that the log signed earlier.",
                       counted(walk.earlier.size, "entry is", "entries are"));
  return fail(Code::VerificationFailed,
              fmt::format("History was rewritten: the first {} not those that the log signed earlier.",
                          counted(walk.earlier.size, "entry is", "entries are")));
}

Result<std::string> check_entries(Walk& walk) {
  if (!walk.first_fault)
    return fmt::format("{} each other without gap.",
                       counted(walk.chain.last().number, "seal follows", "seals follow"));
  walk.place = walk.first_fault->place;
  return fail(Code::VerificationFailed, walk.first_fault->sentence);
}

constexpr const char* kEarlier = "earlier checkpoint";
constexpr Step<Walk> kSteps[] = {
    {"checkpoint", "checkpoint", check_checkpoint},
    {"files", "", check_files},
    {"root", "checkpoint", check_root},
    {"entries", "", check_entries},
};
constexpr Step<Walk> kStepsSince[] = {
    {"checkpoint", "checkpoint", check_checkpoint},
    {kEarlier, kEarlier, check_earlier},
    {"files", "", check_files},
    {"root", "checkpoint", check_root},
    {"history", kEarlier, check_history},
    {"entries", "", check_entries},
};

Statement statement_of(const Loss& loss) {
  return {"loss",
          {{"slot", fmt::to_string(loss.slot)},
           {"records left", fmt::to_string(loss.size)},
           {"root", to_hex(loss.root)},
           {"reason", loss.reason},
           {"time", readable_time(loss.time)},
           {"first approver", fingerprint(loss.approvals[0])},
           {"second approver", fingerprint(loss.approvals[1])}}};
}

void state_facts(const Walk& walk, Verification& verification) {
  const auto& last = walk.chain.last();
  verification.state("log", walk.checkpoint.origin);
  verification.state("entries", fmt::to_string(walk.checkpoint.size));
  verification.state("accounts", fmt::to_string(walk.chain.accounts()));
  verification.state("restarts", fmt::to_string(walk.chain.restarts()));
  verification.state("unclean stops", fmt::to_string(walk.chain.unclean_stops()));
  if (walk.chain.losses() > 0) verification.state("losses", fmt::to_string(walk.chain.losses()));
  for (const auto& loss : walk.losses) verification.state(statement_of(loss));
  if (walk.chain.erasures() > 0)
    verification.state("erasures", fmt::format("{}, of who or what of {}", walk.chain.erasures(),
                                               counted(walk.chain.erased_records(), "record")));
  if (last.number > 0)
    verification.state("last seal", fmt::format("{} of {}", last.number, readable_time(last.time)));
}

}  // namespace

Verification verify_log(const ReadLogFile& read, const tlog::NoteKey& log,
                        const std::optional<std::string>& since, const VisitEntry& visit) {
  Walk walk{.read = read, .log = log, .since = since, .visit = visit};
  auto verification =
      since ? take_steps<Walk>("log", kStepsSince, walk) : take_steps<Walk>("log", kSteps, walk);
  if (verification.verified()) state_facts(walk, verification);
  return verification;
}

}  // namespace vitrine::evidence
