// Errors are values: every fallible function returns a Result.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace vitrine {

/// What went wrong, in the product's terms. Each code maps to exactly one HTTP status
/// (http_status) and, in src/azure/blob/wire_error.cc, to one code of the Azure wire.
enum class Code : std::uint16_t {
  // The request could not be understood.
  InvalidInput,
  InvalidUri,
  InvalidHeaderValue,
  InvalidQueryParameterValue,
  InvalidXmlDocument,
  InvalidXmlNodeValue,
  MissingRequiredXmlNode,
  InvalidResourceName,
  InvalidMetadata,
  EmptyMetadataKey,
  MetadataTooLarge,
  MissingRequiredHeader,
  MissingRequiredQueryParameter,
  MissingContentLengthHeader,
  OutOfRangeInput,
  OutOfRangeQueryParameterValue,
  RequestBodyTooLarge,
  RequestUrlFailedToParse,
  HeadersTooLarge,
  UnsupportedHeader,
  UnsupportedHttpVerb,
  UnsupportedQueryParameter,
  NotImplemented,
  InvalidMd5,
  Md5Mismatch,
  Crc64Mismatch,
  MultipleConditionHeadersNotSupported,
  ConditionHeadersNotSupported,
  InvalidOperation,
  InvalidBlobTier,
  // Who asks, and whether they may.
  NoAuthenticationInformation,
  InvalidAuthenticationInfo,
  AuthenticationFailed,
  AuthorizationFailure,
  AuthorizationPermissionMismatch,
  AuthorizationProtocolMismatch,
  AuthorizationResourceTypeMismatch,
  AuthorizationServiceMismatch,
  AuthorizationSourceIpMismatch,
  PolicyDenied,
  PublicAccessNotPermitted,
  UnauthorizedBlobOverwrite,
  // The state of what was asked for.
  AccountNotFound,
  AccountAlreadyExists,
  KeyAlreadyExists,
  ResourceNotFound,
  ContainerNotFound,
  ContainerAlreadyExists,
  ContainerBeingDeleted,
  BlobNotFound,
  BlobAlreadyExists,
  BlobArchived,
  BlobBeingRehydrated,
  BlobImmutableDueToPolicy,
  BlobOverwritten,
  BlobUsesCustomerSpecifiedEncryption,
  BlobDoesNotUseCustomerSpecifiedEncryption,
  BlobCustomerSpecifiedEncryptionMismatch,
  BlobImmutableDueToLegalHold,
  BothCrc64AndMd5HeaderPresent,
  BothUserTagsAndSourceTagsCopyPresentException,
  ContainerDisabled,
  SnapshotsPresent,
  SnapshotOperationRateExceeded,
  ResourceTypeMismatch,
  InvalidBlobType,
  InvalidBlockId,
  InvalidBlockList,
  InvalidBlobOrBlock,
  BlockCountExceedsLimit,
  BlockListTooLong,
  BlobIsSealed,
  InvalidRange,
  InvalidPageRange,
  ConditionNotMet,
  AppendPositionConditionNotMet,
  MaxBlobSizeConditionNotMet,
  SequenceNumberConditionNotMet,
  SequenceNumberIncrementTooLarge,
  SourceConditionNotMet,
  TargetConditionNotMet,
  LeaseAlreadyPresent,
  LeaseIdMismatchWithBlobOperation,
  LeaseIdMismatchWithContainerOperation,
  LeaseIdMismatchWithLeaseOperation,
  LeaseIdMissing,
  LeaseIsBreakingAndCannotBeAcquired,
  LeaseIsBreakingAndCannotBeChanged,
  LeaseIsBrokenAndCannotBeRenewed,
  LeaseLost,
  LeaseNotPresentWithBlobOperation,
  LeaseNotPresentWithContainerOperation,
  LeaseNotPresentWithLeaseOperation,
  InfiniteLeaseDurationRequired,
  CannotVerifyCopySource,
  CopyIdMismatch,
  InvalidSourceBlobType,
  InvalidSourceBlobUrl,
  NoPendingCopyOperation,
  PendingCopyOperation,
  PreviousSnapshotCannotBeNewer,
  PreviousSnapshotNotFound,
  PreviousSnapshotOperationNotSupported,
  IncrementalCopyBlobMismatch,
  IncrementalCopySourceMustBeSnapshot,
  OperationNotAllowedOnIncrementalCopyBlob,
  NotModified,
  UnsatisfiableCondition,
  JobNotFound,
  JobNotRunning,
  RecordNotFound,
  ContentDestroyed,  ///< the keys it was encrypted under are gone for ever
  ReceiptNotReady,
  // The system.
  StateChanged,  ///< a guard no longer holds: decide again; never reaches the wire
  ServerBusy,    ///< a bounded queue is full: try again later
  OperationTimedOut,
  Cancelled,
  ConnectionClosed,
  InsufficientStorage,
  DeviceFailed,
  Corrupt,  ///< stored or received bytes fail their check
  VerificationFailed,
  Unavailable,  ///< a part is missing or fenced: a model, a worker, the store
  Internal,
};

std::string_view name(Code code);
/// The HTTP status that a failure of this kind is answered with.
unsigned http_status(Code code);

/// A failure: what kind, and a sentence that tells a person what is wrong and what to do.
struct Error {
  Code code = Code::Internal;
  std::string message;
  /// The policy that decided, for PolicyDenied; empty otherwise.
  std::string policy;
};

/// A value or the Error that prevented it. Ignoring one does not compile.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message), {}});
}

}  // namespace vitrine

/// A value that has a name would be moved out of it unseen, a lock given back.
#define TRY_MUST_MOVE                                              \
  static_assert(std::is_rvalue_reference_v<decltype(try_result_)>, \
                "write std::move, or look at the Result itself")
/// The value of a Result, or an early return of its error. TRY in functions, CO_TRY in coroutines.
#define TRY(...)                                                              \
  ({                                                                          \
    auto&& try_result_ = (__VA_ARGS__);                                       \
    TRY_MUST_MOVE;                                                            \
    if (!try_result_) return std::unexpected(std::move(try_result_).error()); \
    std::move(try_result_).value();                                           \
  })
#define CO_TRY(...)                                                              \
  ({                                                                             \
    auto&& try_result_ = (__VA_ARGS__);                                          \
    TRY_MUST_MOVE;                                                               \
    if (!try_result_) co_return std::unexpected(std::move(try_result_).error()); \
    std::move(try_result_).value();                                              \
  })
