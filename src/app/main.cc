// vitrine: the server and its tools in one program.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/client_commands.h"
#include "app/close_command.h"
#include "app/exit.h"
#include "app/export_command.h"
#include "app/recover_command.h"
#include "app/serve_command.h"
#include "app/show_command.h"
#include "app/verify_command.h"
#include "app/version.h"
#include "ledger/ledger.h"

namespace vitrine::app {
namespace {

/// "vitrine job start": the command that was named, as far as it is one.
std::string named_command(const CLI::App& app) {
  auto named = app.get_subcommands();
  return app.get_name() + (named.empty() ? "" : " " + named_command(*named.front()));
}

/// A word that means nothing is a better reason than what is missing because of it.
int report_misuse(const CLI::App& app, const CLI::ParseError& error) {
  auto unknown = app.remaining(true);
  if (unknown.empty())
    std::fprintf(stderr, "%s; `%s --help` tells more.\n", error.what(), named_command(app).c_str());
  else
    std::fprintf(stderr, "There is no '%s'; `%s --help` tells what there is.\n", unknown.front().c_str(),
                 named_command(app).c_str());
  return kUsage;
}

int run(int count, char** words) {
  CLI::App app("A blob store whose use can be seen without its contents being seen.", "vitrine");
  app.set_version_flag("--version", ledger::kHasRecords
                                        ? kVersion
                                        : fmt::format("{} without records: for benchmarks only", kVersion));
  app.require_subcommand(1);
  int status = kSuccess;
  add_serve_command(app, status);
  add_account_command(app, status);
  add_operator_key_command(app, status);
  add_job_command(app, status);
  add_policy_command(app, status);
  add_verify_command(app, status);
  add_close_command(app, status);
  add_export_command(app, status);
  add_show_command(app, status);
  add_erase_records_command(app, status);
  add_fsck_command(app, status);
  add_scrub_command(app, status);
  add_backup_command(app, status);
  add_recover_command(app, status);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return report_misuse(app, error);
  }
  return status;
}

}  // namespace
}  // namespace vitrine::app

int main(int count, char** words) {
  try {
    return vitrine::app::run(count, words);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "vitrine: %s\n", failure.what());
    return vitrine::app::kFailure;
  }
}
