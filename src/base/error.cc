#include "base/error.h"

#include <array>

namespace vitrine {
namespace {

struct Row {
  Code code;
  std::string_view name;
  unsigned status;
};

/// Every code, in the order of the enumeration.
constexpr auto kRows = std::to_array<Row>({
    {Code::InvalidInput, "InvalidInput", 400},
    {Code::InvalidUri, "InvalidUri", 400},
    {Code::InvalidHeaderValue, "InvalidHeaderValue", 400},
    {Code::InvalidQueryParameterValue, "InvalidQueryParameterValue", 400},
    {Code::InvalidXmlDocument, "InvalidXmlDocument", 400},
    {Code::InvalidXmlNodeValue, "InvalidXmlNodeValue", 400},
    {Code::MissingRequiredXmlNode, "MissingRequiredXmlNode", 400},
    {Code::InvalidResourceName, "InvalidResourceName", 400},
    {Code::InvalidMetadata, "InvalidMetadata", 400},
    {Code::EmptyMetadataKey, "EmptyMetadataKey", 400},
    {Code::MetadataTooLarge, "MetadataTooLarge", 400},
    {Code::MissingRequiredHeader, "MissingRequiredHeader", 400},
    {Code::MissingRequiredQueryParameter, "MissingRequiredQueryParameter", 400},
    {Code::MissingContentLengthHeader, "MissingContentLengthHeader", 411},
    {Code::OutOfRangeInput, "OutOfRangeInput", 400},
    {Code::OutOfRangeQueryParameterValue, "OutOfRangeQueryParameterValue", 400},
    {Code::RequestBodyTooLarge, "RequestBodyTooLarge", 413},
    {Code::RequestUrlFailedToParse, "RequestUrlFailedToParse", 400},
    {Code::HeadersTooLarge, "HeadersTooLarge", 431},
    {Code::UnsupportedHeader, "UnsupportedHeader", 400},
    {Code::UnsupportedHttpVerb, "UnsupportedHttpVerb", 405},
    {Code::UnsupportedQueryParameter, "UnsupportedQueryParameter", 400},
    {Code::NotImplemented, "NotImplemented", 501},
    {Code::InvalidMd5, "InvalidMd5", 400},
    {Code::Md5Mismatch, "Md5Mismatch", 400},
    {Code::Crc64Mismatch, "Crc64Mismatch", 400},
    {Code::MultipleConditionHeadersNotSupported, "MultipleConditionHeadersNotSupported", 400},
    {Code::ConditionHeadersNotSupported, "ConditionHeadersNotSupported", 400},
    {Code::InvalidOperation, "InvalidOperation", 400},
    {Code::InvalidBlobTier, "InvalidBlobTier", 400},
    {Code::NoAuthenticationInformation, "NoAuthenticationInformation", 401},
    {Code::InvalidAuthenticationInfo, "InvalidAuthenticationInfo", 400},
    {Code::AuthenticationFailed, "AuthenticationFailed", 403},
    {Code::AuthorizationFailure, "AuthorizationFailure", 403},
    {Code::AuthorizationPermissionMismatch, "AuthorizationPermissionMismatch", 403},
    {Code::AuthorizationProtocolMismatch, "AuthorizationProtocolMismatch", 403},
    {Code::AuthorizationResourceTypeMismatch, "AuthorizationResourceTypeMismatch", 403},
    {Code::AuthorizationServiceMismatch, "AuthorizationServiceMismatch", 403},
    {Code::AuthorizationSourceIpMismatch, "AuthorizationSourceIpMismatch", 403},
    {Code::PolicyDenied, "PolicyDenied", 403},
    {Code::PublicAccessNotPermitted, "PublicAccessNotPermitted", 409},
    {Code::UnauthorizedBlobOverwrite, "UnauthorizedBlobOverwrite", 403},
    {Code::AccountNotFound, "AccountNotFound", 404},
    {Code::AccountAlreadyExists, "AccountAlreadyExists", 409},
    {Code::KeyAlreadyExists, "KeyAlreadyExists", 409},
    {Code::ResourceNotFound, "ResourceNotFound", 404},
    {Code::ContainerNotFound, "ContainerNotFound", 404},
    {Code::ContainerAlreadyExists, "ContainerAlreadyExists", 409},
    {Code::ContainerBeingDeleted, "ContainerBeingDeleted", 409},
    {Code::BlobNotFound, "BlobNotFound", 404},
    {Code::BlobAlreadyExists, "BlobAlreadyExists", 409},
    {Code::BlobArchived, "BlobArchived", 409},
    {Code::BlobBeingRehydrated, "BlobBeingRehydrated", 409},
    {Code::BlobImmutableDueToPolicy, "BlobImmutableDueToPolicy", 409},
    {Code::BlobOverwritten, "BlobOverwritten", 409},
    {Code::BlobUsesCustomerSpecifiedEncryption, "BlobUsesCustomerSpecifiedEncryption", 409},
    {Code::BlobDoesNotUseCustomerSpecifiedEncryption, "BlobDoesNotUseCustomerSpecifiedEncryption", 409},
    {Code::BlobCustomerSpecifiedEncryptionMismatch, "BlobCustomerSpecifiedEncryptionMismatch", 409},
    {Code::BlobImmutableDueToLegalHold, "BlobImmutableDueToLegalHold", 409},
    {Code::BothCrc64AndMd5HeaderPresent, "BothCrc64AndMd5HeaderPresent", 400},
    {Code::BothUserTagsAndSourceTagsCopyPresentException, "BothUserTagsAndSourceTagsCopyPresentException",
     400},
    {Code::ContainerDisabled, "ContainerDisabled", 409},
    {Code::SnapshotsPresent, "SnapshotsPresent", 409},
    {Code::SnapshotOperationRateExceeded, "SnapshotOperationRateExceeded", 409},
    {Code::ResourceTypeMismatch, "ResourceTypeMismatch", 409},
    {Code::InvalidBlobType, "InvalidBlobType", 409},
    {Code::InvalidBlockId, "InvalidBlockId", 400},
    {Code::InvalidBlockList, "InvalidBlockList", 400},
    {Code::InvalidBlobOrBlock, "InvalidBlobOrBlock", 400},
    {Code::BlockCountExceedsLimit, "BlockCountExceedsLimit", 409},
    {Code::BlockListTooLong, "BlockListTooLong", 400},
    {Code::BlobIsSealed, "BlobIsSealed", 409},
    {Code::InvalidRange, "InvalidRange", 416},
    {Code::InvalidPageRange, "InvalidPageRange", 416},
    {Code::ConditionNotMet, "ConditionNotMet", 412},
    {Code::AppendPositionConditionNotMet, "AppendPositionConditionNotMet", 412},
    {Code::MaxBlobSizeConditionNotMet, "MaxBlobSizeConditionNotMet", 412},
    {Code::SequenceNumberConditionNotMet, "SequenceNumberConditionNotMet", 412},
    {Code::SequenceNumberIncrementTooLarge, "SequenceNumberIncrementTooLarge", 409},
    {Code::SourceConditionNotMet, "SourceConditionNotMet", 412},
    {Code::TargetConditionNotMet, "TargetConditionNotMet", 412},
    {Code::LeaseAlreadyPresent, "LeaseAlreadyPresent", 409},
    {Code::LeaseIdMismatchWithBlobOperation, "LeaseIdMismatchWithBlobOperation", 412},
    {Code::LeaseIdMismatchWithContainerOperation, "LeaseIdMismatchWithContainerOperation", 412},
    {Code::LeaseIdMismatchWithLeaseOperation, "LeaseIdMismatchWithLeaseOperation", 409},
    {Code::LeaseIdMissing, "LeaseIdMissing", 412},
    {Code::LeaseIsBreakingAndCannotBeAcquired, "LeaseIsBreakingAndCannotBeAcquired", 409},
    {Code::LeaseIsBreakingAndCannotBeChanged, "LeaseIsBreakingAndCannotBeChanged", 409},
    {Code::LeaseIsBrokenAndCannotBeRenewed, "LeaseIsBrokenAndCannotBeRenewed", 409},
    {Code::LeaseLost, "LeaseLost", 412},
    {Code::LeaseNotPresentWithBlobOperation, "LeaseNotPresentWithBlobOperation", 412},
    {Code::LeaseNotPresentWithContainerOperation, "LeaseNotPresentWithContainerOperation", 412},
    {Code::LeaseNotPresentWithLeaseOperation, "LeaseNotPresentWithLeaseOperation", 409},
    {Code::InfiniteLeaseDurationRequired, "InfiniteLeaseDurationRequired", 412},
    {Code::CannotVerifyCopySource, "CannotVerifyCopySource", 404},
    {Code::CopyIdMismatch, "CopyIdMismatch", 409},
    {Code::InvalidSourceBlobType, "InvalidSourceBlobType", 409},
    {Code::InvalidSourceBlobUrl, "InvalidSourceBlobUrl", 409},
    {Code::NoPendingCopyOperation, "NoPendingCopyOperation", 409},
    {Code::PendingCopyOperation, "PendingCopyOperation", 409},
    {Code::PreviousSnapshotCannotBeNewer, "PreviousSnapshotCannotBeNewer", 400},
    {Code::PreviousSnapshotNotFound, "PreviousSnapshotNotFound", 409},
    {Code::PreviousSnapshotOperationNotSupported, "PreviousSnapshotOperationNotSupported", 409},
    {Code::IncrementalCopyBlobMismatch, "IncrementalCopyBlobMismatch", 409},
    {Code::IncrementalCopySourceMustBeSnapshot, "IncrementalCopySourceMustBeSnapshot", 409},
    {Code::OperationNotAllowedOnIncrementalCopyBlob, "OperationNotAllowedOnIncrementalCopyBlob", 409},
    {Code::NotModified, "NotModified", 304},
    {Code::UnsatisfiableCondition, "UnsatisfiableCondition", 400},
    {Code::JobNotFound, "JobNotFound", 404},
    {Code::JobNotRunning, "JobNotRunning", 409},
    {Code::RecordNotFound, "RecordNotFound", 404},
    {Code::ContentDestroyed, "ContentDestroyed", 410},
    {Code::ReceiptNotReady, "ReceiptNotReady", 409},
    {Code::StateChanged, "StateChanged", 500},
    {Code::ServerBusy, "ServerBusy", 503},
    {Code::OperationTimedOut, "OperationTimedOut", 500},
    {Code::Cancelled, "Cancelled", 500},
    {Code::ConnectionClosed, "ConnectionClosed", 500},
    {Code::InsufficientStorage, "InsufficientStorage", 507},
    {Code::DeviceFailed, "DeviceFailed", 500},
    {Code::Corrupt, "Corrupt", 422},
    {Code::VerificationFailed, "VerificationFailed", 422},
    {Code::Unavailable, "Unavailable", 503},
    {Code::Internal, "Internal", 500},
});

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].code != static_cast<Code>(i)) return false;
  return kRows.back().code == Code::Internal;
}
static_assert(rows_are_in_order(), "every code has its row, in the order of the enumeration");

const Row& row(Code code) {
  return kRows.at(static_cast<std::size_t>(code));
}

}  // namespace

std::string_view name(Code code) {
  return row(code).name;
}
unsigned http_status(Code code) {
  return row(code).status;
}

}  // namespace vitrine
