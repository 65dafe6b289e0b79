#include "azure/blob/wire_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "azure/blob/xml_writer.h"
#include "base/client_message.h"
#include "base/log.h"
#include "operations/copy_source.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kErrorCodeHeader = "x-ms-error-code";
constexpr std::string_view kPolicyHeader = "x-ms-vitrine-policy";

/// A refusal is told as it is: it may speak of paths that are the client's own.
std::string words_of(const Error& error) {
  auto words = message_for_client(error);
  return azure_status(error.code) >= 500 ? without_folders(words) : words;
}

/// SDKs show the message, so what helps to find the request again is part of it.
std::string error_document(std::string_view code, std::string_view words, std::string_view policy,
                           const AnswerLabel& label) {
  XmlWriter xml;
  xml.open("Error").text("Code", code);
  xml.text("Message",
           fmt::format("{}\nRequestId:{}\nTime:{}", words, label.request_id, to_iso8601(label.time)));
  if (code == name(Code::AuthenticationFailed)) xml.text("AuthenticationErrorDetail", words);
  if (!policy.empty()) xml.text("PolicyId", policy);
  if (label.source) {
    xml.number("CopySourceStatusCode", azure_status(label.source->code));
    xml.text("CopySourceErrorCode", azure_code(label.source->code));
    xml.text("CopySourceErrorMessage", words_of(*label.source));
  }
  return xml.close("Error").take();
}

constexpr std::string_view kServersFault = "InternalError";

struct Naming {
  Code code;
  std::string_view azure;
};

/// Most codes bear Azure's own names, PolicyDenied one of ours; these are the others.
constexpr auto kOtherwiseNamed = std::to_array<Naming>({
    {Code::NotModified, "ConditionNotMet"},
    {Code::AuthorizationSourceIpMismatch, "AuthorizationSourceIPMismatch"},
    {Code::AccountNotFound, "ResourceNotFound"},
    {Code::JobNotFound, "ResourceNotFound"},
    {Code::RecordNotFound, "ResourceNotFound"},
    {Code::HeadersTooLarge, "RequestHeaderFieldsTooLarge"},
    {Code::Unavailable, "ServerBusy"},
    {Code::JobNotRunning, kServersFault},
    {Code::ReceiptNotReady, kServersFault},
    {Code::StateChanged, kServersFault},
    {Code::Cancelled, kServersFault},
    {Code::ConnectionClosed, kServersFault},
    {Code::DeviceFailed, kServersFault},
    {Code::Corrupt, kServersFault},
    {Code::VerificationFailed, kServersFault},
    {Code::Internal, kServersFault},
});

}  // namespace

std::string_view azure_code(Code code) {
  auto other = std::ranges::find(kOtherwiseNamed, code, &Naming::code);
  return other == kOtherwiseNamed.end() ? name(code) : other->azure;
}

unsigned azure_status(Code code) {
  return azure_code(code) == kServersFault ? 500 : http_status(code);
}

http::Response error_answer(const Error& error, http::Method method, const AnswerLabel& label) {
  auto response = http::Response::empty(label.source ? operations::status_of_source(*label.source)
                                                     : azure_status(error.code));
  const bool is_gone = error.code == Code::ConnectionClosed || error.code == Code::Cancelled;
  if (response.status == 500 && !is_gone)
    log::error("an operation failed", {{"code", std::string(name(error.code))},
                                       {"error", error.message},
                                       {"request", std::string(label.request_id)}});
  if (method != http::Method::Head && error.code != Code::NotModified)
    response =
        http::Response::text(response.status, "application/xml",
                             error_document(azure_code(error.code), words_of(error), error.policy, label));
  response.headers.set(kErrorCodeHeader, azure_code(error.code));
  if (!error.policy.empty()) response.headers.set(kPolicyHeader, error.policy);
  if (label.source) {
    response.headers.add("x-ms-copy-source-error-code", azure_code(label.source->code));
    response.headers.add("x-ms-copy-source-status-code", std::to_string(azure_status(label.source->code)));
  }
  if (response.status == 401) response.headers.set("WWW-Authenticate", "SharedKey");
  return response;
}

http::Response refusal(unsigned status, std::string_view azure_code, std::string_view message,
                       const AnswerLabel& label) {
  auto response =
      http::Response::text(status, "application/xml", error_document(azure_code, message, {}, label));
  response.headers.set(kErrorCodeHeader, azure_code);
  return response;
}

}  // namespace vitrine::azure::blob
