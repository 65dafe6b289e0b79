#include "app/serve_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "app/api_client.h"
#include "app/exit.h"
#include "app/read_settings.h"
#include "app/server.h"
#include "app/start_checks.h"
#include "app/version.h"
#include "identity/emulator.h"
#include "ledger/ledger.h"

namespace vitrine::app {
namespace {

constexpr const char* kExamples =
    "Every option can also be set by the variable VITRINE_OPTION (VITRINE_DATA_DIR=/srv/vitrine) and in the\n"
    "TOML file of --config (data-dir = \"/srv/vitrine\"). Flags win over variables, variables over the "
    "file.\n\n"
    "Examples:\n"
    "  vitrine serve --dev                          replaces Azurite's blob service on its port\n"
    "  vitrine serve --data-dir /srv/vitrine --listen 0.0.0.0 --tls-certificate c.pem --tls-key k.pem\n";

/// From now on the signals wait until somebody asks for them. Threads started later inherit this.
sigset_t hold_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

/// Returns at the first signal; a second one then ends the process at once.
void wait_for_signal(const sigset_t& ending) {
  int received = 0;
  sigwait(&ending, &received);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

/// A port's address as clients write it.
std::string url(const Settings& settings, std::uint16_t port) {
  const char* scheme = settings.tls_certificate.empty() ? "http" : "https";
  bool is_ipv6 = settings.listen.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("{}://[{}]:{}", scheme, settings.listen, port)
                 : fmt::format("{}://{}:{}", scheme, settings.listen, port);
}

void greet(const Settings& settings, const ServerFacts& facts) {
  auto blob = url(settings, facts.blob_port);
  fmt::print("Vitrine {}{}\n", kVersion,
             settings.dev ? " for development: its key is known to everybody" : "");
  fmt::print("  data         {}\n", std::filesystem::absolute(settings.data_dir).lexically_normal().string());
  fmt::print("  blob         {}\n", blob);
  fmt::print("  platform     {}\n", url(settings, facts.platform_port));
  fmt::print("  log key      {}\n", facts.log_key);
  fmt::print("  analysis     {}\n", facts.analysis);
  if (facts.accounts == 0) {
    const auto platform = url(settings, facts.platform_port);
    fmt::print("  accounts     none yet; make one: vitrine account create NAME --data-dir {}{}\n",
               settings.data_dir.string(),
               platform == ApiOptions().server ? "" : fmt::format(" --server {}", platform));
  }
  if (settings.dev)
    fmt::print(
        "  connection   DefaultEndpointsProtocol={};AccountName={};AccountKey={};BlobEndpoint={}/{};\n",
        blob.substr(0, blob.find(':')), identity::kEmulatorAccount, identity::kEmulatorKey, blob,
        identity::kEmulatorAccount);
  std::fflush(stdout);
}

Result<void> serve(const std::string& config, const Values& flags) {
  auto settings = TRY(read_settings(config, flags));
  log::configure(settings.log_level, settings.log_json ? log::Form::Json : log::Form::Text);
  if (!ledger::kHasRecords) log::warn("This program keeps NO RECORDS: it is for benchmarks only");
  if (auto unknown = unknown_variables(); !unknown.empty())
    log::warn("Variables are set that nothing reads",
              {{"names", fmt::format("{}", fmt::join(unknown, ", "))}});
  const auto dev_accounts = process_environment()("AZURITE_ACCOUNTS").value_or("");
  if (!settings.dev && !dev_accounts.empty())
    log::warn("AZURITE_ACCOUNTS is not read without --dev: make accounts with `vitrine account create`");
  auto ending = hold_signals();
  auto server = TRY(Server::start(settings, dev_accounts));
  greet(settings, server->facts());
  wait_for_signal(ending);
  log::info("Stopping; a second signal ends the server at once");
  server->stop();
  return {};
}

/// In CLI11's form. Scripts that start other servers of the protocol call the data directory --data.
std::string flag_of(const std::string& setting) {
  return setting == "data-dir" ? "--data-dir,--data" : "--" + setting;
}

}  // namespace

void add_serve_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("serve", "Run the server");
  auto flags = std::make_shared<Values>();
  auto config = std::make_shared<std::string>();
  command->add_option("--config", *config, "TOML file with settings");
  for (const auto& setting : all_settings()) {
    auto name = std::string(setting.name);
    if (setting.is_switch)
      command->add_flag_callback(
          "--" + name, [flags, name] { (*flags)[name] = "true"; }, std::string(setting.help));
    else
      command->add_option_function<std::string>(
          flag_of(name), [flags, name](const std::string& value) { (*flags)[name] = value; },
          std::string(setting.help));
  }
  command->footer(kExamples);
  command->callback([&status, flags, config] { status = report(serve(*config, *flags)); });
}

}  // namespace vitrine::app
