#include "base/error.h"

namespace vitrine {

unsigned http_status(Code code) {
  switch (code) {
    case Code::NotModified: return 304;
    case Code::InvalidInput:
    case Code::InvalidUri:
    case Code::InvalidHeaderValue:
    case Code::InvalidQueryParameterValue:
    case Code::InvalidXmlDocument:
    case Code::InvalidResourceName:
    case Code::InvalidMetadata:
    case Code::EmptyMetadataKey:
    case Code::MetadataTooLarge:
    case Code::MissingRequiredHeader:
    case Code::MissingRequiredQueryParameter:
    case Code::OutOfRangeInput:
    case Code::OutOfRangeQueryParameterValue:
    case Code::RequestUrlFailedToParse:
    case Code::UnsupportedHeader:
    case Code::UnsupportedQueryParameter:
    case Code::InvalidMd5:
    case Code::Md5Mismatch:
    case Code::Crc64Mismatch:
    case Code::MultipleConditionHeadersNotSupported:
    case Code::InvalidBlockId:
    case Code::InvalidBlockList:
    case Code::InvalidBlobOrBlock:
    case Code::BlockListTooLong:
    case Code::UnsatisfiableCondition:
    case Code::InvalidAuthenticationInfo: return 400;
    case Code::NoAuthenticationInformation: return 401;
    case Code::AuthenticationFailed:
    case Code::AuthorizationFailure:
    case Code::AuthorizationPermissionMismatch:
    case Code::AuthorizationProtocolMismatch:
    case Code::AuthorizationResourceTypeMismatch:
    case Code::AuthorizationServiceMismatch:
    case Code::AuthorizationSourceIpMismatch:
    case Code::PolicyDenied: return 403;
    case Code::AccountNotFound:
    case Code::ResourceNotFound:
    case Code::ContainerNotFound:
    case Code::BlobNotFound:
    case Code::JobNotFound:
    case Code::RecordNotFound: return 404;
    case Code::UnsupportedHttpVerb: return 405;
    case Code::AccountAlreadyExists:
    case Code::ContainerAlreadyExists:
    case Code::ContainerBeingDeleted:
    case Code::BlobAlreadyExists:
    case Code::InvalidBlobType:
    case Code::BlockCountExceedsLimit:
    case Code::JobNotRunning:
    case Code::ReceiptNotReady: return 409;
    case Code::MissingContentLengthHeader: return 411;
    case Code::ConditionNotMet: return 412;
    case Code::RequestBodyTooLarge: return 413;
    case Code::InvalidRange: return 416;
    case Code::Corrupt:
    case Code::VerificationFailed: return 422;
    case Code::HeadersTooLarge: return 431;
    case Code::NotImplemented: return 501;
    case Code::InsufficientStorage: return 507;
    case Code::ServerBusy:
    case Code::Unavailable: return 503;
    case Code::StateChanged:
    case Code::OperationTimedOut:
    case Code::Cancelled:
    case Code::ConnectionClosed:
    case Code::DeviceFailed:
    case Code::Internal: return 500;
  }
  return 500;
}

}  // namespace vitrine
