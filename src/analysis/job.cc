#include "analysis/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>

#include "base/cbor.h"
#include "base/encoding.h"
#include "crypto/mac.h"

namespace vitrine::analysis {
namespace {

constexpr std::uint64_t kFormat = 1;
/// One more of a job that is over: its first record's index. Jobs of earlier versions do without.
constexpr std::size_t kItems = 20;
constexpr std::array<std::string_view, 2> kTasks = {"image-analysis", "face-identification"};
constexpr std::array<std::string_view, 5> kStates = {"running", "succeeded", "failed", "cancelled",
                                                     "interrupted"};
constexpr std::array kPictureTypes = {"image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp"};
constexpr std::array kPictureEndings = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"};

Result<blobs::ContainerName> with_ending(const blobs::ContainerName& container, std::string_view ending) {
  auto name = blobs::ContainerName::parse(container.text() + std::string(ending));
  if (name) return name;
  return fail(Code::InvalidResourceName,
              fmt::format("Results go to the container '{0}{1}', which cannot be: the pictures must be in a "
                          "container whose name has room for '{1}'.",
                          container.text(), ending));
}

template <class Name>
Result<Name> read_name(CborReader& reader) {
  auto name = Name::parse(TRY(reader.text()));
  if (!name) return fail(Code::Corrupt, "A stored job has a name that cannot be.");
  return std::move(*name);
}

template <class Enum, std::size_t N>
Result<Enum> read_enum(CborReader& reader, const std::array<std::string_view, N>& names) {
  auto value = TRY(reader.unsigned_int());
  if (value >= names.size()) return fail(Code::Corrupt, "A stored job has an unknown task or state.");
  return static_cast<Enum>(value);
}

Result<std::vector<FailedPicture>> read_failures(CborReader& reader) {
  std::vector<FailedPicture> failures(TRY(reader.array_up_to(Job::kMostFailures)));
  for (auto& [blob, reason] : failures) {
    TRY(reader.array(2));
    blob = as_text(TRY(reader.bytes()));
    reason = TRY(reader.text());
  }
  return failures;
}

}  // namespace

std::string_view name(JobTask task) {
  return kTasks[static_cast<std::size_t>(task)];
}
std::string_view name(JobState state) {
  return kStates[static_cast<std::size_t>(state)];
}

Result<JobTask> parse_task(std::string_view text) {
  auto found = std::find(kTasks.begin(), kTasks.end(), text);
  if (found != kTasks.end()) return static_cast<JobTask>(found - kTasks.begin());
  return fail(Code::InvalidInput,
              fmt::format("'{}' is no task; choose one of: {}.", text, fmt::join(kTasks, ", ")));
}

std::string new_job_id(Timestamp now) {
  return fmt::format("{:014x}{}", to_micros(now), to_hex(crypto::random_array<4>()));
}

store::Key job_key(const identity::AccountName& account, std::string_view id) {
  return {store::Table::State, fmt::format("job/{}/{}", account.text(), id)};
}

std::string encode_job(const Job& job) {
  CborWriter writer;
  writer.array(kItems + (job.first_index ? 1 : 0));
  writer.unsigned_int(kFormat).text(job.id).text(job.account.text()).text(job.container.text());
  writer.bytes(as_bytes(job.prefix))
      .unsigned_int(static_cast<std::uint64_t>(job.task))
      .text(job.purpose.text());
  writer.text(job.key.text()).unsigned_int(static_cast<std::uint64_t>(job.state));
  writer.unsigned_int(job.progress.total).unsigned_int(job.progress.done).unsigned_int(job.progress.skipped);
  writer.unsigned_int(job.progress.failed).unsigned_int(job.charged).unsigned_int(job.charged_bytes);
  writer.text(job.request_id).integer(to_micros(job.started)).integer(to_micros(job.ended)).text(job.message);
  writer.array(job.failures.size());
  for (const auto& [blob, reason] : job.failures) writer.array(2).bytes(as_bytes(blob)).text(reason);
  if (job.first_index) writer.unsigned_int(*job.first_index);
  return std::string(as_text(writer.view()));
}

Result<Job> decode_job(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  const auto items = TRY(reader.array_up_to(kItems + 1));
  if (items < kItems) return fail(Code::Corrupt, "A stored job lacks a part.");
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A stored job has an unknown format.");
  Job job{.id = std::string(TRY(reader.text())),
          .account = TRY(read_name<identity::AccountName>(reader)),
          .container = TRY(read_name<blobs::ContainerName>(reader)),
          .prefix = std::string(as_text(TRY(reader.bytes()))),
          .task = TRY(read_enum<JobTask>(reader, kTasks)),
          .purpose = TRY(read_name<identity::PurposeId>(reader)),
          .key = TRY(read_name<identity::KeyName>(reader)),
          .state = TRY(read_enum<JobState>(reader, kStates)),
          .progress = {TRY(reader.unsigned_int()), TRY(reader.unsigned_int()), TRY(reader.unsigned_int()),
                       TRY(reader.unsigned_int())},
          .charged = TRY(reader.unsigned_int()),
          .charged_bytes = TRY(reader.unsigned_int()),
          .request_id = std::string(TRY(reader.text())),
          .started = from_micros(TRY(reader.integer())),
          .ended = from_micros(TRY(reader.integer())),
          .message = std::string(TRY(reader.text())),
          .failures = TRY(read_failures(reader))};
  if (items > kItems) job.first_index = TRY(reader.unsigned_int());
  TRY(reader.end());
  return job;
}

Result<blobs::ContainerName> insights_container(const blobs::ContainerName& container) {
  return with_ending(container, "-insights");
}
Result<blobs::ContainerName> redacted_container(const blobs::ContainerName& container) {
  return with_ending(container, "-redacted");
}

void Job::fail(const blobs::BlobName& blob, std::string_view reason) {
  ++progress.failed;
  if (failures.size() < kMostFailures) failures.push_back({blob.text(), std::string(reason)});
}

bool looks_like_a_picture(std::string_view blob, std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  return std::ranges::any_of(
             kPictureTypes, [&](std::string_view known) { return boost::algorithm::iequals(type, known); }) ||
         std::any_of(kPictureEndings.begin(), kPictureEndings.end(),
                     [&](std::string_view ending) { return boost::algorithm::iends_with(blob, ending); });
}

}  // namespace vitrine::analysis
