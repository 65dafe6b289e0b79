#include "app/fetch.h"

#include <CLI/CLI.hpp>

#include "app/option_file.h"
#include "app/option_variable.h"

namespace vitrine::app {
namespace {

constexpr const char* kCa = "--ca";

}  // namespace

void add_ca_option(CLI::App* command, std::string& ca) {
  add_option_with_variable(command, kCa, ca,
                           "PEM file with the authority of an https server; without it, the system's",
                           "VITRINE_CA");
}

Result<http::ClientAnswer> fetch(http::ClientRequest request, const std::string& ca) {
  if (!ca.empty()) request.authorities = TRY(read_option_file(kCa, ca));
  auto answer = http::fetch(request);
  if (answer) return answer;
  auto error = std::move(answer).error();
  if (error.code == Code::AuthenticationFailed) error.message += " Name its authority by --ca FILE.";
  if (error.code == Code::ConnectionClosed && !request.url.secure)
    error.message += " If the server speaks TLS, name it with https://.";
  if (error.code == Code::InvalidInput && !ca.empty()) error = at_option(kCa, error);
  return std::unexpected(std::move(error));
}

}  // namespace vitrine::app
