#include "keys/key_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>

#include "base/encoding.h"
#include "keys/operator_keys.h"

namespace vitrine::keys {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestAnswer = 64 << 10;
constexpr std::size_t kLongestWrapped = 16 << 10;
/// A module that waits for a person's touch takes a while.
constexpr std::chrono::seconds kPatience{60};

/// The program that holds the operator's key, while it runs; our end of the socket that is its standard input
/// and output. Ends with it.
class Program {
 public:
  static Result<Program> start(const std::string& path) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return cannot_start(path, errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::string word = path;
    char* arguments[] = {word.data(), nullptr};
    pid_t id = 0;
    const int error = ::posix_spawn(&id, path.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error == 0) return Program(id, ends[0]);
    ::close(ends[0]);
    return cannot_start(path, error);
  }

  Program(Program&& from) noexcept
      : id_(std::exchange(from.id_, 0)), socket_(std::exchange(from.socket_, -1)) {}
  Program& operator=(Program&&) = delete;
  ~Program() {
    if (id_ == 0) return;
    ::close(socket_);
    ::kill(id_, SIGKILL);
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  /// Sends a line and waits for the one in answer. Errors: Unavailable; the program is then of no use.
  Result<std::string> ask(std::string_view line) {
    while (!line.empty()) {
      const auto sent = ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) return broken(std::strerror(errno));
      if (sent > 0) line.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    for (const auto deadline = std::chrono::steady_clock::now() + kPatience; !answer.ends_with('\n');) {
      if (answer.size() > kLongestAnswer) return broken("its answer is too long");
      TRY(wait_until(deadline));
      char piece[4096];
      const auto got = ::recv(socket_, piece, sizeof piece, 0);
      if (got == 0) return broken("it ended without an answer");
      if (got < 0 && errno != EINTR) return broken(std::strerror(errno));
      if (got > 0) answer.append(piece, static_cast<std::size_t>(got));
    }
    return answer;
  }

 private:
  Program(pid_t id, int socket) : id_(id), socket_(socket) {}

  static std::unexpected<Error> cannot_start(const std::string& path, int error) {
    return fail(Code::Unavailable,
                fmt::format("The key command {} cannot be started ({}): --key-command takes "
                            "the path of a program.",
                            path, std::strerror(error)));
  }
  static std::unexpected<Error> broken(std::string_view why) {
    return fail(Code::Unavailable,
                fmt::format("The key command did not answer: {}. The server's log has what it said.", why));
  }

  Result<void> wait_until(std::chrono::steady_clock::time_point deadline) const {
    while (true) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return broken(fmt::format("it took more than {} s", kPatience.count()));
      pollfd watched{socket_, POLLIN, 0};
      const auto ready = ::poll(&watched, 1, static_cast<int>(left.count()));
      if (ready > 0) return {};
      if (ready < 0 && errno != EINTR) return broken(std::strerror(errno));
    }
  }

  pid_t id_;
  int socket_;
};

class KeyCommand final : public KeyBroker {
 public:
  KeyCommand(std::string program, std::filesystem::path former_file, std::optional<OperatorKeys> former)
      : path_(std::move(program)), former_file_(std::move(former_file)), former_(std::move(former)) {}

  Result<Bytes> wrap(KeyPurpose purpose, const crypto::Aes256Key& key) override {
    std::lock_guard lock(mutex_);
    return ask("wrap", purpose, key);
  }

  Result<crypto::Aes256Key> unwrap(KeyPurpose purpose, ConstBytes wrapped) override {
    std::lock_guard lock(mutex_);
    auto key = former_ ? former_->unwrap(purpose, wrapped) : std::nullopt;
    if (!key) {
      const auto bytes = TRY(ask("unwrap", purpose, wrapped));
      if (bytes.size() != sizeof(crypto::Aes256Key))
        return fail(Code::Corrupt,
                    fmt::format("What the key command made of the data key {} of the account '{}' is no key.",
                                purpose.epoch, purpose.account));
      std::ranges::copy(bytes, key.emplace().begin());
    }
    log_unwrapping(purpose);
    return *key;
  }

  Result<void> begin_rotation() override { return {}; }
  Result<void> end_rotation() override {
    std::lock_guard lock(mutex_);
    if (!former_) return {};
    std::error_code error;
    std::filesystem::remove(former_file_, error);
    if (error)
      return fail(Code::DeviceFailed,
                  fmt::format("{} cannot be removed: {}.", former_file_.string(), error.message()));
    former_.reset();
    return {};
  }
  bool is_rotating() const override {
    std::lock_guard lock(mutex_);
    return former_.has_value();
  }

 private:
  /// One question at a time. A program that ended since the last one is started again.
  Result<Bytes> ask(std::string_view operation, KeyPurpose purpose, ConstBytes key) {
    const auto line = json::serialize(json::object{{"operation", operation},
                                                   {"account", purpose.account},
                                                   {"epoch", purpose.epoch},
                                                   {"key", to_base64(key)}}) +
                      "\n";
    const bool is_old = program_.has_value();
    if (!program_) program_.emplace(TRY(Program::start(path_)));
    auto answer = program_->ask(line);
    if (!answer) {
      program_.reset();
      if (is_old) return ask(operation, purpose, key);
      return std::unexpected(std::move(answer).error());
    }
    return read_key_answer(*answer);
  }

  const std::string path_;
  const std::filesystem::path former_file_;
  mutable std::mutex mutex_;
  std::optional<OperatorKeys> former_;
  std::optional<Program> program_;
};

}  // namespace

Result<Bytes> read_key_answer(std::string_view line) {
  boost::system::error_code error;
  const auto parsed = json::parse(line, error);
  const auto* answer = error ? nullptr : parsed.if_object();
  const auto text = [&](const char* member) -> const json::string* {
    const auto* value = answer ? answer->if_contains(member) : nullptr;
    return value ? value->if_string() : nullptr;
  };
  if (const auto* refusal = text("error"))
    return fail(Code::Unavailable, fmt::format("The key command refused: {}",
                                               std::string_view(refusal->data(), refusal->size())));
  const auto* key = text("key");
  auto bytes = key ? from_base64(std::string_view(key->data(), key->size())) : Result<Bytes>(Bytes());
  if (!bytes || bytes->empty() || bytes->size() > kLongestWrapped)
    return fail(Code::Unavailable,
                "The key command's answer is not a line of JSON with 'key' in Base64, or with 'error'.");
  return bytes;
}

Result<std::unique_ptr<KeyBroker>> open_key_command(std::string program,
                                                    const std::filesystem::path& former) {
  std::optional<OperatorKeys> keys;
  if (auto read = OperatorKeys::read(former))
    keys = std::move(*read);
  else if (read.error().code != Code::ResourceNotFound)
    return std::unexpected(std::move(read).error());
  return std::make_unique<KeyCommand>(std::move(program), former, std::move(keys));
}

}  // namespace vitrine::keys
