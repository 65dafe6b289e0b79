#include "base/error.h"

namespace vitrine {

std::string_view name(Code code) {
  switch (code) {
    case Code::InvalidInput: return "InvalidInput";
    case Code::InvalidUri: return "InvalidUri";
    case Code::InvalidHeaderValue: return "InvalidHeaderValue";
    case Code::InvalidQueryParameterValue: return "InvalidQueryParameterValue";
    case Code::InvalidXmlDocument: return "InvalidXmlDocument";
    case Code::InvalidResourceName: return "InvalidResourceName";
    case Code::InvalidMetadata: return "InvalidMetadata";
    case Code::EmptyMetadataKey: return "EmptyMetadataKey";
    case Code::MetadataTooLarge: return "MetadataTooLarge";
    case Code::MissingRequiredHeader: return "MissingRequiredHeader";
    case Code::MissingRequiredQueryParameter: return "MissingRequiredQueryParameter";
    case Code::MissingContentLengthHeader: return "MissingContentLengthHeader";
    case Code::OutOfRangeInput: return "OutOfRangeInput";
    case Code::OutOfRangeQueryParameterValue: return "OutOfRangeQueryParameterValue";
    case Code::RequestBodyTooLarge: return "RequestBodyTooLarge";
    case Code::RequestUrlFailedToParse: return "RequestUrlFailedToParse";
    case Code::HeadersTooLarge: return "HeadersTooLarge";
    case Code::UnsupportedHeader: return "UnsupportedHeader";
    case Code::UnsupportedHttpVerb: return "UnsupportedHttpVerb";
    case Code::UnsupportedQueryParameter: return "UnsupportedQueryParameter";
    case Code::NotImplemented: return "NotImplemented";
    case Code::InvalidMd5: return "InvalidMd5";
    case Code::Md5Mismatch: return "Md5Mismatch";
    case Code::Crc64Mismatch: return "Crc64Mismatch";
    case Code::MultipleConditionHeadersNotSupported: return "MultipleConditionHeadersNotSupported";
    case Code::NoAuthenticationInformation: return "NoAuthenticationInformation";
    case Code::InvalidAuthenticationInfo: return "InvalidAuthenticationInfo";
    case Code::AuthenticationFailed: return "AuthenticationFailed";
    case Code::AuthorizationFailure: return "AuthorizationFailure";
    case Code::AuthorizationPermissionMismatch: return "AuthorizationPermissionMismatch";
    case Code::AuthorizationProtocolMismatch: return "AuthorizationProtocolMismatch";
    case Code::AuthorizationResourceTypeMismatch: return "AuthorizationResourceTypeMismatch";
    case Code::AuthorizationServiceMismatch: return "AuthorizationServiceMismatch";
    case Code::AuthorizationSourceIpMismatch: return "AuthorizationSourceIpMismatch";
    case Code::PolicyDenied: return "PolicyDenied";
    case Code::AccountNotFound: return "AccountNotFound";
    case Code::AccountAlreadyExists: return "AccountAlreadyExists";
    case Code::ResourceNotFound: return "ResourceNotFound";
    case Code::ContainerNotFound: return "ContainerNotFound";
    case Code::ContainerAlreadyExists: return "ContainerAlreadyExists";
    case Code::ContainerBeingDeleted: return "ContainerBeingDeleted";
    case Code::BlobNotFound: return "BlobNotFound";
    case Code::BlobAlreadyExists: return "BlobAlreadyExists";
    case Code::InvalidBlobType: return "InvalidBlobType";
    case Code::InvalidBlockId: return "InvalidBlockId";
    case Code::InvalidBlockList: return "InvalidBlockList";
    case Code::InvalidBlobOrBlock: return "InvalidBlobOrBlock";
    case Code::BlockCountExceedsLimit: return "BlockCountExceedsLimit";
    case Code::BlockListTooLong: return "BlockListTooLong";
    case Code::InvalidRange: return "InvalidRange";
    case Code::ConditionNotMet: return "ConditionNotMet";
    case Code::NotModified: return "NotModified";
    case Code::UnsatisfiableCondition: return "UnsatisfiableCondition";
    case Code::JobNotFound: return "JobNotFound";
    case Code::JobNotRunning: return "JobNotRunning";
    case Code::RecordNotFound: return "RecordNotFound";
    case Code::ReceiptNotReady: return "ReceiptNotReady";
    case Code::StateChanged: return "StateChanged";
    case Code::ServerBusy: return "ServerBusy";
    case Code::OperationTimedOut: return "OperationTimedOut";
    case Code::Cancelled: return "Cancelled";
    case Code::ConnectionClosed: return "ConnectionClosed";
    case Code::InsufficientStorage: return "InsufficientStorage";
    case Code::DeviceFailed: return "DeviceFailed";
    case Code::Corrupt: return "Corrupt";
    case Code::VerificationFailed: return "VerificationFailed";
    case Code::Unavailable: return "Unavailable";
    case Code::Internal: return "Internal";
  }
  return "Internal";
}

}  // namespace vitrine
