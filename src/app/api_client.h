// The command line as a client of a running server's API.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "app/option_variable.h"
#include "base/bytes.h"
#include "base/error.h"
#include "http/client.h"

namespace vitrine::app {

/// Where the server is and how the caller shows who it is, as options and environment give it.
struct ApiOptions {
  std::string server = "http://127.0.0.1:10080";  ///< its platform port
  std::string ca;                                 ///< PEM file; empty: the system's authorities
  std::string token_file;
  std::string data_dir = "vitrine-data";
  NamedBy server_named = NamedBy::Default;
  NamedBy data_dir_named = NamedBy::Default;
  std::string account;
  std::string key;      ///< base64
  std::string purpose;  ///< empty: the key's default
  bool json = false;
};

/// What a server said: what was asked for, or why not.
struct ApiAnswer {
  unsigned status = 0;
  boost::json::value body;
  std::string receipt;  ///< the token of the operation's receipt; empty when it left no record

  [[nodiscard]] bool refused() const { return status >= 400; }
  /// The refusal's {"error":{"code":…,"message":…,"policy":…,"receipt":…}}; what was not said is left out.
  [[nodiscard]] boost::json::object refusal() const;
};

/// Calls the API as the operator: the token comes from --token-file, the directory of --data-dir,
/// VITRINE_OPERATOR_TOKEN or the directory that is looked at by default, the first that has one. Errors:
/// InvalidInput when there is none, Unavailable for an answer that is not the API's, those of fetch().
Result<ApiAnswer> call_as_operator(const ApiOptions& options, http::ClientRequest request);

/// Calls the API with an account's key, from --key or VITRINE_ACCOUNT_KEY; the emulators' account has its
/// well-known one. Signs with Shared Key. Errors: as call_as_operator.
Result<ApiAnswer> call_as_account(const ApiOptions& options, http::ClientRequest request);

/// The parts of the two calls above, for answers that are no JSON. Errors: as there.
Result<http::ClientRequest> sign_as_operator(const ApiOptions& options, http::ClientRequest request);
Result<http::ClientRequest> sign_as_account(const ApiOptions& options, http::ClientRequest request);
Result<http::ClientAnswer> ask(const ApiOptions& options, http::ClientRequest request);
/// Whether there is a key to sign as the account with.
bool has_account_key(const ApiOptions& options);

/// A request for a path below /api/v1 of the server. A body is sent as JSON. Errors: those of Url::parse.
Result<http::ClientRequest> api_request(const ApiOptions& options, std::string_view method,
                                        std::string_view path, const boost::json::value& body = nullptr);

}  // namespace vitrine::app
