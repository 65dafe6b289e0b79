// The commands that ask a running server.
#pragma once

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <functional>

#include "app/api_client.h"

namespace vitrine::app {

/// Adds the commands; their callbacks set `status`.
void add_account_command(CLI::App& app, int& status);
void add_job_command(CLI::App& app, int& status);
void add_policy_command(CLI::App& app, int& status);
void add_fsck_command(CLI::App& app, int& status);
void add_scrub_command(CLI::App& app, int& status);
void add_operator_key_command(CLI::App& app, int& status);
void add_backup_command(CLI::App& app, int& status);
void add_erase_records_command(CLI::App& app, int& status);

/// A command's options that say where the server is and how to print; with those of the operator, or of an
/// account.
void add_server_options(CLI::App* command, ApiOptions& options);
void add_operator_options(CLI::App* command, ApiOptions& options);
void add_account_options(CLI::App* command, ApiOptions& options);
/// --key and --purpose alone.
void add_key_options(CLI::App* command, ApiOptions& options);

/// Of an option for MiB a second.
inline constexpr int kMostRate = 1 << 20;

/// For the help of commands that print() ends.
inline constexpr const char* kExitStatus =
    "Exit status: 0 done, 1 the server refused, 2 the command is wrong or the server could not be asked.\n";

/// Prints an answer, as one line of JSON or as `show` words it, and gives the exit status: kFailure for a
/// refusal, kUsage when nobody could be asked.
int print(const ApiOptions& options, const Result<ApiAnswer>& answer,
          const std::function<std::string(const boost::json::value&)>& show);

/// A member's text, number or list in words; empty when it is missing or empty.
std::string words(const boost::json::value& object, std::string_view member);

}  // namespace vitrine::app
