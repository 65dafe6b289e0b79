// A body that another server sends, fetched for somebody else: from nowhere but where it may come from.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "http/client.h"
#include "http/network_address.h"

namespace vitrine::http {

/// Where bodies may be fetched from.
struct RemoteRules {
  /// Names of hosts, "*.example.org" for all below one and "*" for all; with ":port" where it is not the
  /// scheme's own. None: nothing is fetched.
  std::vector<std::string> hosts;
  /// Addresses that hosts may have besides those of the public Internet.
  std::vector<Network> networks{};
  std::chrono::seconds connect_limit{10};
  std::chrono::seconds stall_limit{30};  ///< without a byte
  std::chrono::seconds total_limit{3600};

  [[nodiscard]] bool allow(const Url& url) const;
  /// Judged on the address that is connected to, whatever the host's name meant before.
  [[nodiscard]] bool allow(const NetworkAddress& address) const;
};

struct RemoteRequest {
  Url url;
  std::vector<std::pair<std::string, std::string>> headers{};
  const std::atomic<bool>* stop = nullptr;  ///< once it is true, every call fails with Cancelled
};

/// The answer to one GET, its body pulled piece by piece through a bounded memory. No redirect is followed,
/// no proxy asked, and over https the certificate must be valid for the host. Every call blocks. Not for
/// several threads at once.
class RemoteBody {
 public:
  /// Returns when the answer's head is there, whatever its status. `rules` outlive this. Errors:
  /// AuthorizationFailure for a host or address that is not allowed, Unavailable, OperationTimedOut,
  /// ConnectionClosed, AuthenticationFailed for a certificate that is not trusted, InvalidHeaderValue for a
  /// header that is more than a line.
  static Result<std::unique_ptr<RemoteBody>> open(const RemoteRules& rules, RemoteRequest request);
  virtual ~RemoteBody() = default;

  /// Status and headers; no body.
  [[nodiscard]] const ClientAnswer& head() const { return head_; }
  /// Fills a front part of `into` (not empty) and returns its size; 0 at the end of a whole body. Errors:
  /// OperationTimedOut, ConnectionClosed when it breaks off.
  virtual Result<std::size_t> read(MutableBytes into) = 0;

 protected:
  ClientAnswer head_;
};

}  // namespace vitrine::http
