// How failures look on the Azure Blob wire.
// Source: Azure Storage REST, "Status and error codes", "Blob service error codes".
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "http/message.h"

namespace vitrine::azure::blob {

/// The service's code for this kind of failure, as SDKs know it, or one of our own where Azure has none.
std::string_view azure_code(Code code);

/// 500 for what Azure's clients know no code for.
unsigned azure_status(Code code);

/// What every answer names.
struct AnswerLabel {
  std::string_view request_id;
  Timestamp time;
  const Error* source = nullptr;  ///< why the source of a copy could not be read, where that is the failure
};

/// The answer to a failed request: status, x-ms-error-code and an XML body, none for HEAD and 304. A denial
/// by policy names its policy in x-ms-vitrine-policy and in the element PolicyId.
/// What was found at a source decides the status, and stands in the elements CopySourceStatusCode and so on
/// and in headers of these names. A failure of the server is told to the log, too.
http::Response error_answer(const Error& error, http::Method method, const AnswerLabel& label);

/// The same for what no operation fails with: a code of this wire alone.
http::Response refusal(unsigned status, std::string_view azure_code, std::string_view message,
                       const AnswerLabel& label);

}  // namespace vitrine::azure::blob
