// A small world for tests of use cases: a real store, gate and ledger in a folder of their own, one account.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "identity/account_directory.h"
#include "identity/emulator.h"
#include "operations/accounts.h"
#include "operations/blob_requests.h"

namespace vitrine::operations {

class TestWorld {
 public:
  /// The store lies in the world's folder unless the options say where.
  explicit TestWorld(const std::string& name, store::Options options = {})
      : directory_(std::filesystem::path(testing::TempDir()) /
                   ("operations_" + name + "_" + std::to_string(::getpid()))),
        options_(std::move(options)) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
    if (options_.directory.empty()) options_.directory = directory_;
    open();
    auto account = identity::Account{.name = *identity::AccountName::parse("tester"),
                                     .organisation = *identity::OrganisationId::parse("city"),
                                     .slot = 0,
                                     .journal = {},
                                     .keys = {}};
    auto own = operator_exchange(*floors, account, "create", "127.0.0.1");
    auto request = CreateAccount{account.name, account.organisation, {}};
    request.keys.push_back(
        {*identity::KeyName::parse("key1"),
         {},
         purpose("development"),
         {purpose("public-records-release"), purpose("archive"), purpose("research-aggregate")}});
    account_ = run(create_account(*floors, accounts, own, std::move(request))).value();
  }

  ~TestWorld() {
    close();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TestWorld(const TestWorld&) = delete;
  TestWorld& operator=(const TestWorld&) = delete;

  /// Closes everything and opens it again, as a restart does.
  void reopen() {
    close();
    open();
    account_ = accounts.find("tester")->account();
  }

  /// The same on another disk.
  void reopen(store::FileLayer& files) {
    options_.files = &files;
    reopen();
  }

  void close() {
    floors.reset();
    heads.reset();
    ledger.reset();
    promises.reset();
    gate.reset();
    store.reset();
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    auto body = [&]() -> Task<void> { out.emplace(co_await std::move(task)); };
    io.restart();
    boost::asio::co_spawn(io, body(), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    io.run();
    return std::move(*out);
  }

  /// Begins both, in order, before either ends.
  template <class A, class B>
  void run_together(Task<A> first, Task<B> second) {
    auto drop = []<class T>(Task<T> task) -> Task<void> { (void)co_await std::move(task); };
    auto report = [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    };
    io.restart();
    boost::asio::co_spawn(io, drop(std::move(first)), report);
    boost::asio::co_spawn(io, drop(std::move(second)), report);
    io.run();
  }

  /// A request by the holder of key1.
  [[nodiscard]] policy::Exchange request(const std::string& for_purpose = "development") const {
    return {.principal = identity::Principal::of_key(account_, account_.keys.front(), "127.0.0.1"),
            .purpose = for_purpose,
            .slot = account_.records().stream,
            .journal = account_.records().journal,
            .request_id = "test",
            .client_class = "test",
            .received = system_clock().now()};
  }

  [[nodiscard]] ContainerRef container(const std::string& name) const {
    return {account_.name, *blobs::ContainerName::parse(name)};
  }
  [[nodiscard]] BlobRef blob(const std::string& container_name, const std::string& name) const {
    return {account_.name, *blobs::ContainerName::parse(container_name), *blobs::BlobName::parse(name)};
  }
  [[nodiscard]] const identity::Account& account() const { return account_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

  /// Whether any file of the store holds these bytes.
  [[nodiscard]] bool is_on_disk(const Bytes& bytes) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_)) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(in), {}};
      if (content.contains(as_text(bytes))) return true;
    }
    return false;
  }

  /// What the account's journal says, oldest first.
  std::vector<evidence::RecordContents> records() const {
    std::vector<evidence::RecordContents> out;
    for (const auto& entry : ledger->journals().records(account_.records().stream, 0, SIZE_MAX).value())
      out.push_back(evidence::read_contents(evidence::decode_record(as_bytes(entry.bytes)).value()).value());
    return out;
  }

  [[nodiscard]] ledger::JournalFiles ledger_files() const {
    return {store::posix_file_layer(), directory_ / "journals"};
  }

  static identity::PurposeId purpose(const std::string& id) { return *identity::PurposeId::parse(id); }

  boost::asio::io_context io{1};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<policy::Gate> gate;
  std::optional<ledger::LogKey> log_key;
  std::unique_ptr<ledger::Promises> promises;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<keys::KeyBroker> broker;
  std::unique_ptr<keys::KeyDirectory> data_keys;
  std::unique_ptr<blobs::HeadCache> heads;
  Turns turns;
  std::optional<Floors> floors;
  identity::AccountDirectory accounts;

 private:
  void open() {
    store = store::Store::open(options_).value();
    gate = std::make_unique<policy::Gate>(policy::PurposeRegister::shipped(), system_clock());
    log_key.emplace(ledger::load_or_create_log_key(directory_ / "keys/log.key", "test.example/log").value());
    promises = std::make_unique<ledger::Promises>(*log_key, system_clock());
    ledger =
        std::make_unique<ledger::Ledger>(*store, as_bytes("receipt secret"), ledger_files(), promises.get());
    broker = keys::open_or_create_key_file(directory_ / "operator.key").value();
    data_keys = std::make_unique<keys::KeyDirectory>(*broker);
    heads = std::make_unique<blobs::HeadCache>(*store, *data_keys);
    floors.emplace(Floors{*store, *gate, *ledger, system_clock(), *data_keys, *heads, turns});
    EXPECT_TRUE(accounts.load(*store, *data_keys));
    auto standing = policy::decode_standing(store->look_up(policy::standing_key("tester")).value());
    gate->standings().begin(store->version());
    if (standing->version != 0) gate->standings().replace("tester", *standing);
  }

  std::filesystem::path directory_;
  store::Options options_;
  identity::Account account_{
      *identity::AccountName::parse("tester"), *identity::OrganisationId::parse("city"), 0, {}, {}};
};

/// A body in memory, handed out in pieces of an odd size.
class TextInput final : public blobs::BodyInput {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    auto count = std::min({into.size(), text_.size() - at_, std::size_t{7777}});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    co_return count;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// The rest of a blob's content.
inline Task<Result<std::string>> read_all(Download& body) {
  std::string text;
  for (;;) {
    auto bytes = CO_TRY(co_await body.next());
    if (bytes.empty()) co_return text;
    text += as_text(bytes);
  }
}

}  // namespace vitrine::operations
