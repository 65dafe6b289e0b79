#include "azure/blob/wire_error.h"

#include <fmt/format.h>

#include "azure/blob/xml_writer.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kErrorCodeHeader = "x-ms-error-code";
constexpr std::string_view kPolicyHeader = "x-ms-vitrine-policy";

/// SDKs show the message, so what helps to find the request again is part of it.
std::string error_document(const Error& error, const AnswerLabel& label) {
  XmlWriter xml;
  xml.open("Error").text("Code", azure_code(error.code));
  xml.text("Message",
           fmt::format("{}\nRequestId:{}\nTime:{}", error.message, label.request_id, to_iso8601(label.time)));
  if (!error.policy.empty()) xml.text("PolicyId", error.policy);
  return xml.close("Error").take();
}

}  // namespace

std::string_view azure_code(Code code) {
  switch (code) {
    case Code::NotModified:
      return "ConditionNotMet";
    case Code::AuthorizationSourceIpMismatch:
      return "AuthorizationSourceIPMismatch";
    case Code::AccountNotFound:
      return "ResourceNotFound";
    case Code::JobNotFound:
    case Code::RecordNotFound:
      return "ResourceNotFound";
    case Code::HeadersTooLarge:
      return "RequestHeaderFieldsTooLarge";
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
    case Code::MissingContentLengthHeader:
    case Code::OutOfRangeInput:
    case Code::OutOfRangeQueryParameterValue:
    case Code::RequestBodyTooLarge:
    case Code::RequestUrlFailedToParse:
    case Code::UnsupportedHeader:
    case Code::UnsupportedHttpVerb:
    case Code::UnsupportedQueryParameter:
    case Code::NotImplemented:
    case Code::InvalidMd5:
    case Code::Md5Mismatch:
    case Code::Crc64Mismatch:
    case Code::MultipleConditionHeadersNotSupported:
    case Code::NoAuthenticationInformation:
    case Code::InvalidAuthenticationInfo:
    case Code::AuthenticationFailed:
    case Code::AuthorizationFailure:
    case Code::AuthorizationPermissionMismatch:
    case Code::AuthorizationProtocolMismatch:
    case Code::AuthorizationResourceTypeMismatch:
    case Code::AuthorizationServiceMismatch:
    case Code::PolicyDenied:
    case Code::AccountAlreadyExists:
    case Code::ResourceNotFound:
    case Code::ContainerNotFound:
    case Code::ContainerAlreadyExists:
    case Code::ContainerBeingDeleted:
    case Code::BlobNotFound:
    case Code::BlobAlreadyExists:
    case Code::InvalidBlobType:
    case Code::InvalidBlockId:
    case Code::InvalidBlockList:
    case Code::InvalidBlobOrBlock:
    case Code::BlockCountExceedsLimit:
    case Code::BlockListTooLong:
    case Code::InvalidRange:
    case Code::ConditionNotMet:
    case Code::UnsatisfiableCondition:
    case Code::ServerBusy:
    case Code::OperationTimedOut:
    case Code::InsufficientStorage:
      return name(code);
    case Code::JobNotRunning:
    case Code::ReceiptNotReady:
    case Code::StateChanged:
    case Code::Cancelled:
    case Code::ConnectionClosed:
    case Code::DeviceFailed:
    case Code::Corrupt:
    case Code::VerificationFailed:
    case Code::Internal:
      return "InternalError";
    case Code::Unavailable:
      return "ServerBusy";
  }
  return "InternalError";
}

http::Response error_answer(const Error& error, http::Method method, const AnswerLabel& label) {
  auto response = http::Response::empty(http_status(error.code));
  if (method != http::Method::Head && error.code != Code::NotModified)
    response = http::Response::text(response.status, "application/xml", error_document(error, label));
  response.headers.set(kErrorCodeHeader, azure_code(error.code));
  if (!error.policy.empty()) response.headers.set(kPolicyHeader, error.policy);
  if (response.status == 401) response.headers.set("WWW-Authenticate", "SharedKey");
  return response;
}

}  // namespace vitrine::azure::blob
