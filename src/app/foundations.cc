#include "app/foundations.h"

#include "app/extent_directories.h"
#include "app/option_file.h"
#include "base/log.h"

namespace vitrine::app {
namespace {

constexpr const char* kPurposes = "--purposes";
/// MiB.
constexpr unsigned kReserve = 256;
constexpr std::string_view kStandings = "standing/";
constexpr std::string_view kStandingsEnd = "standing0";
constexpr std::string_view kBudgets = "budget/";

Result<policy::PurposeRegister> load_purposes(const std::filesystem::path& file) {
  if (file.empty()) return policy::PurposeRegister::shipped();
  auto purposes = policy::PurposeRegister::parse(TRY(read_option_file(kPurposes, file)));
  if (!purposes) return std::unexpected(at_option(kPurposes, purposes.error()));
  return purposes;
}

void warn_of_readable_key(const std::filesystem::path& key) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto access = fs::status(key, error).permissions();
  if (error || (access & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none) return;
  log::warn("The operator's key can be read or changed by others than its owner: close it with chmod 600",
            {{"file", key.string()}});
}

void warn_of_small_reserve(const Settings& settings) {
  const auto least = 2 * settings.write_buffer;
  if (settings.reserve && *settings.reserve > 0 && *settings.reserve < least)
    log::warn("--reserve is less than twice the write buffer, which is set aside instead",
              {{"MiB", std::to_string(least)}});
}

}  // namespace

Result<std::unique_ptr<keys::KeyBroker>> open_broker(const Settings& settings, const DataDir& data) {
  const bool by_file = settings.key_command.empty();
  if (by_file) TRY(check_operator_key(data));
  auto broker = TRY(by_file ? keys::open_or_create_key_file(data.operator_key())
                            : keys::open_key_command(settings.key_command, data.operator_key()));
  warn_of_readable_key(data.operator_key());
  if (broker->is_rotating())
    log::warn(by_file
                  ? "A rotation of the operator's key was not ended: `vitrine operator-key rotate` goes on "
                    "with it"
                  : "keys/operator.key is still there and opens what is wrapped under it: `vitrine "
                    "operator-key rotate` has the program wrap all keys and removes the file");
  return broker;
}

ledger::JournalFiles journal_files(const DataDir& data) {
  return {store::posix_file_layer(), data.journals()};
}

Foundations::Foundations(DirectoryLock lock, DataDir data, std::unique_ptr<store::Store> store,
                         policy::PurposeRegister purposes, ledger::LogKey log_key,
                         std::unique_ptr<keys::KeyBroker> broker)
    : lock_(std::move(lock)),
      data_(std::move(data)),
      store_(std::move(store)),
      gate_(std::move(purposes), system_clock()),
      log_key_(std::move(log_key)),
      promises_(log_key_, system_clock()),
      ledger_(*store_, log_key_.receipt_secret(), journal_files(data_), &promises_),
      broker_(std::move(broker)),
      keys_(*broker_),
      heads_(*store_, keys_),
      floors_{*store_, gate_, ledger_, system_clock(), keys_, heads_, turns_} {}

Result<std::unique_ptr<Foundations>> Foundations::open(const Settings& settings) {
  auto purposes = TRY(load_purposes(settings.purposes));
  DataDir data{settings.data_dir};
  auto lock = TRY(prepare(data, settings.dev));
  // The key before the store: a store without its key is one whose key was lost.
  auto log_key = TRY(ledger::load_or_create_log_key(data.log_key(), settings.log_origin));
  auto broker = TRY(open_broker(settings, data));
  warn_of_small_reserve(settings);
  const auto extent_directories = TRY(find_extent_directories(data, settings.extent_dirs));
  auto store = TRY(store::Store::open(
      // So that no part of its path reaches clients, who are told the names of files only.
      {.directory = std::filesystem::absolute(data.store()),
       .extent_directories = extent_directories,
       .write_buffer_bytes = std::size_t{settings.write_buffer} << 20,
       .compaction_pause = std::chrono::seconds(settings.compaction_pause),
       .compaction_bytes_per_second = settings.compaction_rate << 20,
       .reserve_bytes = std::uint64_t{settings.reserve.value_or(settings.dev ? 0 : kReserve)} << 20}));
  TRY(keep_extent_directories(data, extent_directories));
  std::unique_ptr<Foundations> opened(new Foundations(std::move(lock), std::move(data), std::move(store),
                                                      std::move(purposes), std::move(log_key),
                                                      std::move(broker)));
  opened->floors_.rehydration = settings.rehydration;
  opened->floors_.keeping = settings.keeping;
  TRY(opened->load_state());
  TRY(check_restored(opened->data_));
  TRY(opened->open_sealer(settings));
  TRY(forget_restored(opened->data_));
  opened->operator_token_ = TRY(load_or_create_operator_token(opened->data_));
  return opened;
}

Foundations::~Foundations() {
  store_->when_recovered({});
}

Result<void> Foundations::load_state() {
  gate_.standings().begin(store_->version());
  TRY(load_accounts_and_standings());
  auto now = system_clock().now();
  for (auto& [key, amount] : TRY(store_->counters(kBudgets))) TRY(gate_.budgets().load({key, amount}, now));
  // Budgets need no other look: what may have been counted stays counted.
  store_->when_recovered([this] { return load_accounts_and_standings(); });
  return {};
}

Result<void> Foundations::load_accounts_and_standings() {
  for (const auto& row : TRY(store_->scan(store::Table::State, kStandings, kStandingsEnd, SIZE_MAX)))
    gate_.standings().replace(std::string_view(row.key).substr(kStandings.size()),
                              TRY(policy::decode_standing(row)));
  return accounts_.load(*store_, keys_);
}

Result<void> Foundations::open_sealer(const Settings& settings) {
  ledger::SealerOptions options{
      .log_directory = data_.log(), .tick = settings.seal_tick, .journal_tail = settings.journal_tail};
  if (settings.record_retention > std::chrono::hours::zero())
    options.retention =
        ledger::RetentionOptions{.age = settings.record_retention, .bundle_hash = gate_.bundle_hash()};
  sealer_ = TRY(ledger::Sealer::open(ledger_, *store_, log_key_, system_clock(), std::move(options)));
  return {};
}

}  // namespace vitrine::app
