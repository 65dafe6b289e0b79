// A job: one task over the blobs of a container, for a purpose.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "blobs/names.h"
#include "identity/names.h"
#include "store/entry.h"

namespace vitrine::analysis {

enum class JobTask : std::uint8_t {
  ImageAnalysis,       ///< objects, text, faces as boxes for covering
  FaceIdentification,  ///< never done: the charter forbids it, and the refusal is recorded
};
std::string_view name(JobTask task);
/// Errors: InvalidInput with the tasks there are.
Result<JobTask> parse_task(std::string_view text);

enum class JobState : std::uint8_t { Running, Succeeded, Failed, Cancelled, Interrupted };
std::string_view name(JobState state);

/// How far a job is. Of a job that was interrupted: as far as it was known when it began to run.
struct Progress {
  std::uint64_t total = 0;    ///< pictures found when the job began
  std::uint64_t done = 0;     ///< analysed by this job
  std::uint64_t skipped = 0;  ///< analysed before, with the same content and the same models
  std::uint64_t failed = 0;   ///< not pictures after all, or damaged

  [[nodiscard]] std::uint64_t handled() const { return done + skipped + failed; }
};

/// A picture that could not be analysed, and why in a sentence.
struct FailedPicture {
  std::string blob;
  std::string reason;

  friend bool operator==(const FailedPicture&, const FailedPicture&) = default;
};

struct Job {
  /// So many failures are kept; more are only counted.
  static constexpr std::size_t kMostFailures = 100;

  std::string id;
  identity::AccountName account;
  blobs::ContainerName container;
  std::string prefix;
  JobTask task = JobTask::ImageAnalysis;
  identity::PurposeId purpose;
  identity::KeyName key;  ///< whose holder started it
  JobState state = JobState::Running;
  Progress progress;
  std::uint64_t charged = 0;        ///< pictures counted against the budget when it began
  std::uint64_t charged_bytes = 0;  ///< and their sizes
  std::string request_id;           ///< of the request that started it: stands in the record of its start
  Timestamp started;
  Timestamp ended;
  std::string message;  ///< a sentence about how it ended
  std::vector<FailedPicture> failures;
  /// The journal index of the record of its start, kept once it is over.
  std::optional<std::uint64_t> first_index{};

  void fail(const blobs::BlobName& blob, std::string_view reason);
};

/// Sorts by time; random at its end.
std::string new_job_id(Timestamp now);
/// Where a job is kept; jobs of an account lie together, oldest first.
store::Key job_key(const identity::AccountName& account, std::string_view id);
std::string encode_job(const Job& job);
/// Errors: Corrupt.
Result<Job> decode_job(std::string_view bytes);

/// The containers that results go to: "<container>-insights" and "<container>-redacted". Errors:
/// InvalidResourceName when the container's name leaves no room for the ending.
Result<blobs::ContainerName> insights_container(const blobs::ContainerName& container);
Result<blobs::ContainerName> redacted_container(const blobs::ContainerName& container);

/// Whether the name or type is that of a picture that can be analysed: JPEG, PNG, WebP, TIFF, BMP.
bool looks_like_a_picture(std::string_view blob, std::string_view content_type);

}  // namespace vitrine::analysis
