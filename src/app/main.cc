// vitrine: the server and its tools in one program.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/client_commands.h"
#include "app/exit.h"
#include "app/serve_command.h"
#include "app/verify_command.h"
#include "app/version.h"

namespace vitrine::app {
namespace {

int run(int count, char** words) {
  CLI::App app("A blob store whose use can be seen without its contents being seen.", "vitrine");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  int status = kSuccess;
  add_serve_command(app, status);
  add_account_command(app, status);
  add_job_command(app, status);
  add_policy_command(app, status);
  add_verify_command(app, status);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kUsage;
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
