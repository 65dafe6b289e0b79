// How the command line reaches servers.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "http/client.h"

namespace vitrine::app {

/// The option --ca, also the variable VITRINE_CA.
void add_ca_option(CLI::App* command, std::string& ca);

/// As http::fetch; over https the authorities are those in the PEM file `ca`, or the system's when it is
/// empty. Errors: those of http::fetch; InvalidInput when the file cannot be read.
Result<http::ClientAnswer> fetch(http::ClientRequest request, const std::string& ca);

}  // namespace vitrine::app
