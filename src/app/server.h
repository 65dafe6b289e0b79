// The server: everything that `vitrine serve` runs, in one process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/settings.h"
#include "base/error.h"

namespace vitrine::app {

/// What a person wants to know of a running server.
struct ServerFacts {
  std::uint16_t blob_port = 0;
  std::uint16_t platform_port = 0;
  std::string log_key;   ///< "name+hash+base64"
  std::string analysis;  ///< whether and with what pictures can be analysed
  std::size_t accounts = 0;
};

/// Owns every part in the order in which they depend on each other.
class Server {
 public:
  /// Opens the data directory, brings it in order after a crash, and serves. `dev_accounts` is what
  /// AZURITE_ACCOUNTS says. Errors: InvalidInput for settings that do not go together or keys that are not
  /// fit for production; those of every part.
  static Result<std::unique_ptr<Server>> start(const Settings& settings, const std::string& dev_accounts);
  /// Stops at once.
  ~Server();

  [[nodiscard]] const ServerFacts& facts() const;
  /// Stops accepting, lets running requests and jobs end for a while, seals a last time. Once.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine::app
