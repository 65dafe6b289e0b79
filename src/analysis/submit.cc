#include "analysis/submit.h"

#include <algorithm>

namespace vitrine::analysis {
namespace {

struct LoadedPicture {
  worker::MemoryFile file;
  crypto::Sha256Digest sha256;
};

/// Only with a place at a worker: pictures that wait do not fill memory.
Task<Result<LoadedPicture>> load(const Admission::Place&, blobs::BodyReader& picture) {
  if (picture.length() > kMostPictureBytes)
    co_return fail(Code::OutOfRangeInput, "The picture is larger than 100 MiB and is not analysed.");
  auto file = CO_TRY(worker::MemoryFile::create());
  crypto::Sha256 hasher;
  for (auto bytes = CO_TRY(co_await picture.next()); !bytes.empty();
       bytes = CO_TRY(co_await picture.next())) {
    hasher.update(bytes);
    CO_TRY(file.append(bytes));
  }
  CO_TRY(file.seal());
  co_return LoadedPicture{std::move(file), hasher.finish()};
}

bool owes(const ledger::Committed& committed, policy::Obligation obligation) {
  return std::ranges::count(committed.obligations(), obligation) > 0;
}

}  // namespace

Task<Result<ImageAnswer>> submit(const ledger::Committed& committed, WorkerPool& pool,
                                 blobs::BodyReader picture) {
  auto place = CO_TRY(co_await pool.admit());
  auto loaded = CO_TRY(co_await load(place, picture));
  worker::ImageTask task{.features = {.objects = true, .text = true, .faces = true},
                         .blur_faces = owes(committed, policy::Obligation::BlurFaces)};
  auto input = std::make_shared<const worker::MemoryFile>(std::move(loaded.file));
  auto answer =
      CO_TRY(co_await pool.run(std::move(place), task, {std::move(input), loaded.sha256}, kPictureLimit));
  if (task.blur_faces && !answer.redacted)
    co_return fail(Code::Unavailable,
                   "The faces in the picture could not be covered, so nothing is given out.");
  co_return answer;
}

}  // namespace vitrine::analysis
