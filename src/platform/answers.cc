#include "platform/answers.h"

#include <boost/json.hpp>

#include "base/client_message.h"

namespace vitrine::platform {

http::Response json_answer(unsigned status, const boost::json::value& body) {
  auto response = http::Response::text(status, "application/json", boost::json::serialize(body) + "\n");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

http::Response error_answer(const Error& error) {
  boost::json::object what{{"code", name(error.code)}, {"message", message_for_client(error)}};
  if (!error.policy.empty()) what["policy"] = error.policy;
  auto response = json_answer(http_status(error.code), {{"error", std::move(what)}});
  if (error.code == Code::ServerBusy || error.code == Code::ReceiptNotReady)
    response.headers.set("Retry-After", "1");
  if (error.code == Code::NoAuthenticationInformation)
    response.headers.set("WWW-Authenticate", "SharedKey, Bearer");
  return response;
}

}  // namespace vitrine::platform
