#include "operations/job_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>

#include "analysis/insights_json.h"
#include "analysis/submit.h"
#include "base/encoding.h"
#include "base/log.h"
#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "operations/accounts.h"
#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Metadata of a result: what it was made from, so that a job started again knows what is done.
constexpr const char* kRootName = "vitrinecontentroot";
constexpr const char* kModelsName = "vitrinemodels";

/// A result in memory on its way into the store.
class MemoryInput final : public blobs::BodyInput {
 public:
  explicit MemoryInput(ConstBytes bytes) : left_(bytes) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    auto count = std::min(into.size(), left_.size());
    std::copy_n(left_.begin(), count, into.begin());
    left_ = left_.subspan(count);
    co_return count;
  }

 private:
  ConstBytes left_;
};

/// Errors: InvalidResourceName when the blob's name leaves no room for the ending.
Result<BlobRef> insights_ref(const ContainerRef& container, const blobs::BlobName& blob) {
  return BlobRef{container.account, TRY(analysis::insights_container(container.container)),
                 TRY(blobs::BlobName::parse(blob.text() + ".json"))};
}
BlobRef redacted_ref(const ContainerRef& container, const blobs::BlobName& blob) {
  return {container.account, *analysis::redacted_container(container.container), blob};
}

blobs::Metadata mark_of(const Candidate& candidate, const std::string& models) {
  return {{kRootName, to_hex(candidate.content_root)}, {kModelsName, models}};
}

/// Whether a result of this content by these models is there.
Result<bool> is_current(const JobFloors& floors, const BlobRef& result, const Candidate& candidate) {
  auto view = TRY(look_up(floors.floors, result));
  return view.head && view.head->metadata == mark_of(candidate, floors.models);
}

/// A result takes the place of an older one, never of a blob that somebody else put there. Errors:
/// BlobAlreadyExists for such a blob.
Result<blobs::Conditions> conditions_of_result(const Floors& floors, const BlobRef& result) {
  auto view = TRY(look_up(floors, result));
  if (!view.head) return blobs::Conditions{.if_none_match = TRY(blobs::ETagList::parse("*"))};
  bool is_result =
      std::ranges::any_of(view.head->metadata, [](const auto& item) { return item.first == kRootName; });
  if (!is_result)
    return fail(
        Code::BlobAlreadyExists,
        fmt::format("{}/{} is there and is no result of an analysis; move it away, it is not overwritten.",
                    result.container.text(), result.blob.text()));
  return blobs::Conditions{.if_match = TRY(blobs::ETagList::parse(view.head->etag.text()))};
}

crypto::Sha256Digest hash_of(const std::vector<worker::ModelIdentity>& models) {
  Bytes all;
  for (const auto& model : models) append(all, model.sha256);
  return crypto::sha256(all);
}

/// Errors that say something about one picture; the others end the job.
bool concerns_the_picture(Code code) {
  switch (code) {
    case Code::InvalidInput:
    case Code::InvalidResourceName:
    case Code::OutOfRangeInput:
    case Code::Corrupt:
    case Code::OperationTimedOut:
    case Code::BlobNotFound:
    case Code::BlobAlreadyExists:
    case Code::ConditionNotMet:
    case Code::Internal:
      return true;
    default:
      return false;
  }
}

/// One job's way through its pictures. All of it runs on one io_context.
class Run {
 public:
  Run(const JobFloors& floors, std::shared_ptr<RunningJob> running, identity::Principal principal,
      std::vector<Candidate> candidates, policy::Charge charge)
      : floors_(floors),
        running_(std::move(running)),
        job_(running_->snapshot()),
        principal_(std::move(principal)),
        candidates_(std::move(candidates)),
        charge_(std::move(charge)),
        container_{job_.account, job_.container} {}

  Task<void> go(std::size_t at_a_time);
  /// Takes pictures until none is left or something ends the job.
  Task<void> lane();

  /// Precondition: it went.
  [[nodiscard]] JobEnd end() const;

 private:
  /// A picture, open because the record of its use is made.
  struct Opened {
    ledger::Committed committed;
    blobs::BodyReader picture;
    tlog::Digest content_root;
  };

  policy::Exchange exchange() const;
  Task<Result<void>> make_containers();
  /// Metadata of a result: what it was made from and by.
  [[nodiscard]] blobs::Metadata mark(const Candidate& candidate) const {
    return mark_of(candidate, floors_.models);
  }
  Task<Result<void>> analyse(const Candidate& candidate);
  Task<Result<Opened>> attempt_open(const blobs::BlobName& name, policy::Exchange& own);
  Task<Result<void>> write(const Candidate& candidate, const analysis::ImageAnswer& answer,
                           std::uint64_t record);
  Task<Result<void>> put(const BlobRef& blob, std::string_view type, ConstBytes bytes,
                         blobs::Metadata metadata, const evidence::Derivation& derivation,
                         std::vector<policy::Obligation> fulfilled);

  const JobFloors& floors_;
  std::shared_ptr<RunningJob> running_;
  analysis::Job job_;
  identity::Principal principal_;
  std::vector<Candidate> candidates_;
  policy::Charge charge_;
  policy::Bounds used_;
  ContainerRef container_;
  std::size_t next_ = 0;
  std::optional<Error> ended_by_;
};

policy::Exchange Run::exchange() const {
  auto ring = floors_.accounts.find(job_.account.text());
  return {.principal = principal_,
          .purpose = job_.purpose.text(),
          .slot = ring->account().records().stream,
          .journal = ring->account().records().journal,
          .request_id = to_hex(crypto::random_array<16>()),
          .client_class = "job:" + job_.id,
          .received = floors_.floors.clock.now()};
}

Task<Result<void>> Run::make_containers() {
  for (const auto& name :
       {analysis::insights_container(job_.container), analysis::redacted_container(job_.container)}) {
    auto own = exchange();
    auto made = co_await create_container(floors_.floors, own, {{job_.account, *name}, {}});
    if (!made && made.error().code != Code::ContainerAlreadyExists) co_return std::unexpected(made.error());
  }
  co_return Result<void>{};
}

Task<void> Run::lane() {
  while (next_ < candidates_.size() && !ended_by_ && running_->asked() == analysis::JobState::Running) {
    const auto& candidate = candidates_[next_++];
    auto analysed = co_await analyse(candidate);
    if (analysed) {
      running_->update([](analysis::Job& job) { ++job.progress.done; });
    } else if (concerns_the_picture(analysed.error().code)) {
      running_->update([&](analysis::Job& job) { job.fail(candidate.blob, analysed.error().message); });
    } else {
      ended_by_ = analysed.error();
    }
  }
}

Task<Result<void>> Run::analyse(const Candidate& candidate) {
  auto own = exchange();
  auto attempt = [&] { return attempt_open(candidate.blob, own); };
  auto opened = CO_TRY(co_await until_settled(attempt));
  auto answer = CO_TRY(co_await analysis::submit(opened.committed, floors_.pool, std::move(opened.picture)));
  co_return co_await write({candidate.blob, opened.content_root}, answer, opened.committed.journal_index());
}

Task<Result<Run::Opened>> Run::attempt_open(const blobs::BlobName& name, policy::Exchange& own) {
  BlobRef blob{job_.account, job_.container, name};
  auto view = CO_TRY(look_up(floors_.floors, blob));
  if (auto missing = view.missing())
    co_return std::unexpected(Error{Code::BlobNotFound, missing->message, {}});
  auto decision = floors_.floors.gate.decide(
      own, {.action = policy::actions::kImageAnalyze,
            .resource = resource(blob),
            .bounds = {.items = 1, .bytes = static_cast<std::int64_t>(view.head->size)},
            .charge = &charge_});
  auto content = CO_TRY(blobs::PinnedContent::fetch(floors_.floors.store, view.keys, view.container->id,
                                                    *view.head, {0, view.head->size}));
  auto committed = CO_TRY(co_await floors_.floors.ledger.commit(
      own, std::move(decision), {.status = 0, .content_root = view.head->content_root},
      {.guards = view.guards}));
  used_.items += 1;
  used_.bytes += static_cast<std::int64_t>(view.head->size);
  auto picture = CO_TRY(blobs::BodyReader::open(committed, floors_.floors.store, std::move(content)));
  co_return Opened{std::move(committed), std::move(picture), view.head->content_root};
}

Task<Result<void>> Run::write(const Candidate& candidate, const analysis::ImageAnswer& answer,
                              std::uint64_t record) {
  evidence::Derivation derivation{candidate.content_root, hash_of(answer.insights.models), {}};
  auto root = to_hex(candidate.content_root);
  std::string redacted;
  if (answer.redacted) {
    auto ref = redacted_ref(container_, candidate.blob);
    auto mapped = CO_TRY(answer.redacted->file.map());
    CO_TRY(co_await put(ref, answer.redacted->media_type, mapped.bytes(), mark(candidate), derivation,
                        {policy::Obligation::BlurFaces}));
    redacted = ref.container.text() + "/" + ref.blob.text();
  }
  auto document = analysis::insights_json(answer.insights, {.blob = candidate.blob.text(),
                                                            .content_root = root,
                                                            .job = job_.id,
                                                            .purpose = job_.purpose.text(),
                                                            .record = record,
                                                            .redacted = redacted});
  auto ref = CO_TRY(insights_ref(container_, candidate.blob));
  co_return co_await put(ref, "application/json", as_bytes(document), mark(candidate), derivation, {});
}

Task<Result<void>> Run::put(const BlobRef& blob, std::string_view type, ConstBytes bytes,
                            blobs::Metadata metadata, const evidence::Derivation& derivation,
                            std::vector<policy::Obligation> fulfilled) {
  auto own = exchange();
  MemoryInput input(bytes);
  PutBlob request{.blob = blob,
                  .content = {.type = std::string(type)},
                  .metadata = std::move(metadata),
                  .conditions = CO_TRY(conditions_of_result(floors_.floors, blob)),
                  .length = bytes.size(),
                  .derivation = derivation,
                  .fulfilled = std::move(fulfilled)};
  CO_TRY(co_await put_blob(floors_.floors, own, request, input));
  co_return Result<void>{};
}

/// All lanes at once; ends when the last one does.
Task<void> run_lanes(Run& run, std::size_t count) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  if (count > 1)
    co_await (run.lane() && run_lanes(run, count - 1));
  else
    co_await run.lane();
}

/// What was thrown, also by one of several lanes that ran together.
std::string what_failed(const std::exception& failure) {
  const auto* several = dynamic_cast<const boost::asio::multiple_exceptions*>(&failure);
  if (!several) return failure.what();
  try {
    std::rethrow_exception(several->first_exception());
  } catch (const std::exception& first) {
    return first.what();
  }
}

Task<void> Run::go(std::size_t at_a_time) {
  // Nothing may leave a job open: whatever goes wrong ends it, and the end is put on record.
  try {
    if (auto made = co_await make_containers(); !made)
      ended_by_ = made.error();
    else
      co_await run_lanes(*this, at_a_time);
  } catch (const std::exception& failure) {
    ended_by_ = Error{Code::Internal, fmt::format("The job failed: {}", what_failed(failure)), {}};
  }
}

JobEnd Run::end() const {
  JobEnd end{.first_index = running_->first_index(), .used = used_, .refund = charge_.refund()};
  auto progress = running_->snapshot().progress;
  // A job that was asked to end may end with an error for that very reason.
  if (running_->asked() != analysis::JobState::Running) {
    end.state = running_->asked();
    end.message = end.state == analysis::JobState::Cancelled
                      ? "Cancelled on request. Start it again: what is done is not repeated."
                      : "The server was stopped. Start it again: what is done is not repeated.";
  } else if (ended_by_) {
    end.state = analysis::JobState::Failed;
    end.message = ended_by_->message;
  } else if (progress.failed > 0 && progress.done + progress.skipped == 0) {
    end.state = analysis::JobState::Failed;
    end.message = "None of the pictures could be analysed.";
  } else if (progress.failed > 0) {
    end.message = fmt::format("{} of {} pictures could not be analysed.", progress.failed, progress.total);
  }
  return end;
}

}  // namespace

Result<bool> is_analysed(const JobFloors& floors, const ContainerRef& container, const Candidate& candidate,
                         bool redaction_due) {
  // A name too long for its insights fails when its turn comes, as one picture.
  auto insights = insights_ref(container, candidate.blob);
  if (!insights || !TRY(is_current(floors, *insights, candidate))) return false;
  return !redaction_due || TRY(is_current(floors, redacted_ref(container, candidate.blob), candidate));
}

Task<void> run_job(const JobFloors& floors, std::shared_ptr<RunningJob> running,
                   identity::Principal principal, std::vector<Candidate> candidates, policy::Charge charge,
                   std::size_t at_a_time) {
  Run run(floors, running, std::move(principal), std::move(candidates), std::move(charge));
  co_await run.go(at_a_time);
  auto closed = co_await close_job(floors, running->snapshot(), run.end());
  if (!closed)
    log::error("A job's end could not be recorded; it is closed as interrupted at the next start",
               {{"job", running->snapshot().id}, {"error", closed.error().message}});
  floors.board.remove(running->snapshot().id);
}

store::Write write_job(const keys::DataKeys& keys, const analysis::Job& job) {
  return blobs::seal(keys, analysis::job_key(job.account, job.id), encode_job(job));
}

Task<Result<void>> close_job(const JobFloors& floors, analysis::Job job, JobEnd end) {
  auto ring = floors.accounts.find(job.account.text());
  if (!ring) co_return fail(Code::AccountNotFound, "The job's account is gone.");
  auto keys = CO_TRY(floors.floors.keys.of(job.account.text()));
  job.state = end.state;
  job.message = std::move(end.message);
  job.ended = floors.floors.clock.now();
  job.first_index = end.first_index;
  auto own = system_exchange(floors.floors, ring->account());
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision =
        floors.floors.gate.decide(own, {.action = policy::actions::kJobClose,
                                        .resource = resource(ContainerRef{job.account, job.container}),
                                        .bounds = end.used});
    ledger::Outcome outcome{.status = 0};
    if (end.first_index) outcome.closing = {*end.first_index, std::string(name(job.state))};
    co_return co_await floors.floors.ledger.commit(
        own, std::move(decision), outcome, {.writes = {write_job(*keys, job)}, .settlement = end.refund});
  };
  CO_TRY(co_await until_settled(attempt));
  floors.floors.gate.budgets().apply(end.refund);
  co_return Result<void>{};
}

Result<std::uint64_t> find_start(const Floors& floors, std::uint32_t slot, const std::string& request_id) {
  constexpr std::uint64_t kAtATime = 256;
  const auto first = TRY(floors.ledger.journals().first_kept(slot));
  for (auto end = floors.store.journal_size(slot); end > first;) {
    auto from = std::max(end - std::min(end, kAtATime), first);
    auto entries = TRY(floors.ledger.journals().records(slot, from, end - from));
    for (auto i = entries.size(); i-- > 0;) {
      auto record = TRY(evidence::decode_shown(as_bytes(entries[i].bytes)));
      const auto* outcome = open_facet(record, evidence::FacetKind::Outcome);
      if (outcome && TRY(evidence::decode_outcome(outcome->cbor)).request_id == request_id) return from + i;
    }
    end = from;
  }
  return fail(Code::RecordNotFound,
              "The record of the job's start is not in the journal, or was dropped because it "
              "was kept long enough.");
}

}  // namespace vitrine::operations
