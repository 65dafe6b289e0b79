// The blob that an operation takes bytes from. Reading it is an operation of its own: decided by whose
// credential reaches it, and on record in the journal of its account.
// Source: Azure Storage REST, "Copy Blob", "Put Block From URL".
#pragma once

#include <memory>

#include "operations/blob_requests.h"

namespace vitrine::operations {

struct CopySource {
  BlobRef blob;
  policy::Exchange exchange;  ///< of the read
  blobs::Conditions conditions{};
  std::optional<AskedRange> range{};
  bool tells_why = false;        ///< what keeps it from being read is answered as it is
  std::optional<Error> found{};  ///< set where it could not be read: why
};

/// A source whose read is on record.
struct OpenedSource {
  BlobView view;
  blobs::ByteRange range;
  ledger::Committed committed;
};

/// Errors: SourceConditionNotMet, PolicyDenied, CannotVerifyCopySource for whatever else keeps it from being
/// read; StateChanged; those of the store. `even_archived` for a copy that is to be rehydrated.
Task<Result<OpenedSource>> open_source(const Floors& floors, CopySource& source, bool even_archived = false);

/// A part of it, on its way out. Errors: those of BodyReader.
Result<Download> download(const Floors& floors, const CopySource& source, const OpenedSource& opened,
                          blobs::ByteRange range);

/// The HTTP status with which CannotVerifyCopySource tells of what was found.
unsigned status_of_source(const Error& found);

/// What to answer where a source cannot be read, for the reason given.
Error unreadable_source(const Error& found);

/// Puts on record that an operation ends because of its source; `found` is set if it could not be read.
/// Returns what to answer: `error`, or the denial if there was one.
Task<Error> refuse_for_source(const Floors& floors, policy::Exchange& exchange, const policy::Intent& intent,
                              const std::optional<Error>& found, Error error);

/// Reads a download as a body that comes in.
class SourceInput final : public blobs::BodyInput {
 public:
  explicit SourceInput(Download download) : download_(std::move(download)) {}
  Task<Result<std::size_t>> read(MutableBytes into) override;

 private:
  Download download_;
  ConstBytes left_;
};

/// The next so many bytes of another input.
class InputPart final : public blobs::BodyInput {
 public:
  InputPart(blobs::BodyInput& input, std::uint64_t length) : input_(input), left_(length) {}
  Task<Result<std::size_t>> read(MutableBytes into) override;

 private:
  blobs::BodyInput& input_;
  std::uint64_t left_;
};

/// A source as the body of an operation that takes one.
struct SourceBody {
  std::unique_ptr<blobs::BodyInput> input;
  std::uint64_t length = 0;
};
/// For the operation of the intent, which is refused on record where the source cannot be read. Errors: those
/// of open_source.
Task<Result<SourceBody>> read_source(const Floors& floors, policy::Exchange& exchange,
                                     const policy::Intent& intent, CopySource& source);

}  // namespace vitrine::operations
