#include "app/server.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "app/analysis_parts.h"
#include "app/backup_parts.h"
#include "app/first_accounts.h"
#include "app/foundations.h"
#include "app/housekeeping.h"
#include "app/readings.h"
#include "app/remote_parts.h"
#include "app/start_checks.h"
#include "app/token_parts.h"
#include "app/version.h"
#include "azure/blob/service.h"
#include "base/log.h"
#include "http/server.h"
#include "ledger/counting_records.h"
#include "operations/jobs.h"
#include "platform/answers.h"
#include "platform/platform.h"

namespace vitrine::app {
namespace {

constexpr std::chrono::seconds kDrain{20};
constexpr std::chrono::milliseconds kLookAgain{10};

unsigned cores() {
  return std::max(1u, std::thread::hardware_concurrency());
}

http::ServerOptions options(const Settings& settings, std::uint16_t port) {
  http::ServerOptions out{.address = settings.listen, .port = port};
  if (!settings.tls_certificate.empty())
    out.tls = http::TlsFiles{settings.tls_certificate.string(), settings.tls_key.string()};
  return out;
}

analysis::WorkerPoolOptions pool_options(const AnalysisParts& parts, const Settings& settings) {
  return {.program = {.path = parts.worker.string(), .models = parts.models.string()},
          .workers = settings.workers > 0 ? settings.workers : cores()};
}

std::string describe(const AnalysisParts& parts) {
  if (parts.models.empty()) return "unavailable: no models were found; get them, or point --models at them";
  std::error_code error;
  if (!std::filesystem::exists(parts.worker, error))
    return fmt::format("unavailable: there is no worker program at {}", parts.worker.string());
  return fmt::format("models in {}", parts.models.string());
}

}  // namespace

class Server::Impl {
 public:
  Impl(const Settings& settings, AnalysisParts analysis)
      : settings_(settings),
        analysis_(std::move(analysis)),
        threads_(settings.threads > 0 ? settings.threads : cores()) {}
  ~Impl();

  Result<void> start(const std::string& dev_accounts);
  void stop();
  [[nodiscard]] const ServerFacts& facts() const { return facts_; }

 private:
  Result<void> bring_in_order(const std::string& dev_accounts);
  void make_counting();
  Result<void> make_blob_service();
  void make_background();
  void make_platform();
  Result<void> take_ports();
  Result<void> serve();
  Result<void> finish(Task<Result<void>> task);
  void end_jobs();

  Settings settings_;
  AnalysisParts analysis_;
  ServerFacts facts_;
  http::IoThreads threads_;                     // outlives the store, as that asks for
  std::unique_ptr<Housekeeping> housekeeping_;  // and so do the contexts of these two
  std::unique_ptr<ledger::CountingRecords> counting_;
  std::unique_ptr<Foundations> foundations_;
  std::unique_ptr<analysis::WorkerPool> pool_;
  std::unique_ptr<ledger::Refusals> refusals_;
  operations::JobBoard board_;
  std::unique_ptr<operations::JobFloors> jobs_;
  std::unique_ptr<operations::Backups> backups_;
  std::unique_ptr<operations::Scrub> scrub_;
  platform::Metrics metrics_;
  std::unique_ptr<TokenParts> tokens_;                   // null: no bearer tokens are taken
  std::unique_ptr<azure::blob::RemoteSources> remotes_;  // null: nothing is copied from other servers
  std::unique_ptr<azure::blob::BlobService> blob_service_;
  std::unique_ptr<platform::Authentication> authentication_;
  std::unique_ptr<platform::Parts> parts_;
  std::unique_ptr<platform::Router> router_;
  std::unique_ptr<http::Server> blob_port_;
  std::unique_ptr<http::Server> platform_port_;
};

Server::Impl::~Impl() {
  if (housekeeping_) housekeeping_->stop();
  platform_port_.reset();
  blob_port_.reset();
  if (counting_) counting_->stop();
  if (foundations_) end_jobs();
  threads_.stop();
}

/// Runs a task on an I/O thread and waits for it. Not for those threads themselves.
Result<void> Server::Impl::finish(Task<Result<void>> task) {
  return boost::asio::co_spawn(threads_.next(), std::move(task), boost::asio::use_future).get();
}

Result<void> Server::Impl::start(const std::string& dev_accounts) {
  TRY(take_ports());
  threads_.start();
  foundations_ = TRY(Foundations::open(settings_));
  pool_ = std::make_unique<analysis::WorkerPool>(pool_options(analysis_, settings_));
  jobs_ = std::make_unique<operations::JobFloors>(operations::JobFloors{
      .floors = foundations_->floors(),
      .accounts = foundations_->accounts(),
      .pool = *pool_,
      .board = board_,
      .models = analysis_.model_set,
      .next_context = [this]() -> boost::asio::io_context& { return threads_.next(); }});
  TRY(bring_in_order(dev_accounts));
  foundations_->sealer().start();
  const auto& floors = foundations_->floors();
  housekeeping_ =
      std::make_unique<Housekeeping>(blobs::Collector(floors.store, floors.ledger, floors.keys, floors.clock),
                                     operations::BlobExpiry(floors, foundations_->accounts()));
  housekeeping_->start();
  make_counting();
  TRY(make_blob_service());
  make_background();
  make_platform();
  return serve();
}

Result<void> Server::Impl::bring_in_order(const std::string& dev_accounts) {
  TRY(finish(ensure_first_accounts(*foundations_, settings_.dev, dev_accounts)));
  const auto& floors = foundations_->floors();
  auto expired = floors.gate.budgets().take_expired();
  TRY(finish(floors.ledger.erase(expired)));
  if (!settings_.dev) TRY(check_fit_for_production(foundations_->accounts()));
  warn_of_clear_text(settings_);
  warn_of_missing_purposes(foundations_->accounts(), foundations_->floors().gate.purposes());
  return finish(operations::close_interrupted_jobs(*jobs_));
}

void Server::Impl::make_counting() {
  const auto& floors = foundations_->floors();
  refusals_ = std::make_unique<ledger::Refusals>(foundations_->accounts());
  counting_ = std::make_unique<ledger::CountingRecords>(
      floors.ledger, floors.store, *refusals_, floors.clock,
      ledger::CountingOptions{.bundle_hash = floors.gate.bundle_hash()});
  counting_->start();
}

Result<void> Server::Impl::make_blob_service() {
  tokens_ = TRY(TokenParts::open(settings_, foundations_->floors().gate.purposes()));
  remotes_ = TRY(remote_sources(settings_));
  azure::blob::ServiceOptions options{
      .program = fmt::format("Vitrine/{}", kVersion),
      .observer = [this](std::string_view operation,
                         unsigned status) { metrics_.count_request("blob", operation, status); },
      .refusals = [this](std::string_view account, const Error& error) { refusals_->count(account, error); },
      .tokens = tokens_ ? &tokens_->authority() : nullptr,
      .remotes = remotes_.get()};
  blob_service_ = std::make_unique<azure::blob::BlobService>(foundations_->floors(), foundations_->accounts(),
                                                             std::move(options));
  return {};
}

void Server::Impl::make_background() {
  backups_ = std::make_unique<operations::Backups>(
      foundations_->floors(), foundations_->accounts().find(identity::kSystemAccount)->account(),
      key_files(foundations_->data()), settings_.dev);
  scrub_ = std::make_unique<operations::Scrub>(
      foundations_->floors(), foundations_->accounts(),
      operations::ScrubOptions{.file = foundations_->data().scrub(),
                               .interval = settings_.scrub_interval,
                               .least_bytes_per_second = settings_.scrub_rate << 20});
  scrub_->start();
}

void Server::Impl::make_platform() {
  for (auto& reading : platform::process_readings()) metrics_.add(std::move(reading));
  for (auto& reading :
       readings_of(foundations_->store(), foundations_->sealer(), *pool_, *scrub_, *housekeeping_))
    metrics_.add(std::move(reading));
  authentication_ = std::make_unique<platform::Authentication>(
      foundations_->floors(), foundations_->accounts(), foundations_->operator_token());
  parts_ = std::make_unique<platform::Parts>(platform::Parts{.floors = foundations_->floors(),
                                                             .accounts = foundations_->accounts(),
                                                             .sealer = foundations_->sealer(),
                                                             .jobs = *jobs_,
                                                             .backups = *backups_,
                                                             .scrub = *scrub_,
                                                             .log = foundations_->log(),
                                                             .log_directory = foundations_->data().log(),
                                                             .authentication = *authentication_,
                                                             .metrics = metrics_});
  platform::Observers observers{
      .answers = [this](std::string_view operation,
                        unsigned status) { metrics_.count_request("platform", operation, status); },
      .refusals = [this](std::string_view account, const Error& error) { refusals_->count(account, error); }};
  router_ = std::make_unique<platform::Router>(platform::platform_router(*parts_, std::move(observers)));
}

/// Taken before anything is written: a start that fails on a port leaves no data directory behind.
Result<void> Server::Impl::take_ports() {
  auto at_blob = options(settings_, settings_.blob_port);
  at_blob.refusal = [this](const Error& error) { return blob_service_->refuse(error); };
  blob_port_ = std::make_unique<http::Server>(threads_, std::move(at_blob), [this](http::Request& request) {
    return blob_service_->answer(request);
  });
  facts_.blob_port = TRY(blob_port_->listen());
  auto at_platform = options(settings_, settings_.platform_port);
  at_platform.refusal = [this](const Error& error) {
    refusals_->count({}, error);
    return platform::error_answer(error);
  };
  platform_port_ = std::make_unique<http::Server>(
      threads_, std::move(at_platform), [this](http::Request& request) { return router_->answer(request); });
  facts_.platform_port = TRY(platform_port_->listen());
  return {};
}

Result<void> Server::Impl::serve() {
  TRY(blob_port_->start());
  TRY(platform_port_->start());
  facts_.log_key = foundations_->log().text();
  facts_.analysis = describe(analysis_);
  facts_.accounts = foundations_->accounts().all().size() - 1;  // but for the server's own
  return {};
}

void Server::Impl::end_jobs() {
  board_.interrupt_all();
  auto patience = std::chrono::steady_clock::now() + kDrain;
  while (!board_.empty() && std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(kLookAgain);
  if (pool_) pool_->stop(std::chrono::milliseconds::zero());
}

void Server::Impl::stop() {
  board_.interrupt_all();
  auto cut = blob_port_ ? blob_port_->stop(kDrain) : 0;
  cut += platform_port_->stop(kDrain);
  if (cut > 0) log::warn("Connections were cut because they did not end", {{"count", std::to_string(cut)}});
  if (backups_) backups_->cancel();
  if (scrub_) scrub_->stop();
  end_jobs();
  housekeeping_->stop();
  counting_->stop();
  foundations_->sealer().stop();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const Settings& settings, const std::string& dev_accounts) {
  TRY(check(settings));
  auto impl = std::make_unique<Impl>(settings, TRY(find_analysis_parts(settings)));
  TRY(impl->start(dev_accounts));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const ServerFacts& Server::facts() const {
  return impl_->facts();
}

void Server::stop() {
  impl_->stop();
}

}  // namespace vitrine::app
