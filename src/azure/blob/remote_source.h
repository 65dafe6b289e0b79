// Sources of copies on other servers.
// Source: Azure Storage REST, "Copy Blob": x-ms-copy-source, x-ms-copy-source-authorization.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "azure/blob/copy_request.h"
#include "http/remote_body.h"
#include "store/blocking_pool.h"

namespace vitrine::azure::blob {

/// Fetches bodies from where the rules allow it, off the network threads. Destruction breaks off what is
/// under way and waits for it.
class RemoteSources {
 public:
  /// So many bodies at a time, and of one account; who comes when all are taken is told to come again.
  static constexpr unsigned kAtOnce = 16, kOfAccount = 8;

  explicit RemoteSources(http::RemoteRules rules) : rules_(std::move(rules)), pool_(kAtOnce) {}
  ~RemoteSources() { stopping_ = true; }
  RemoteSources(const RemoteSources&) = delete;
  RemoteSources& operator=(const RemoteSources&) = delete;

  /// An answer and its body.
  struct Opened {
    http::ClientAnswer head;
    std::unique_ptr<blobs::BodyInput> body;
  };
  /// For the account. Errors: those of RemoteBody; ServerBusy.
  Task<Result<Opened>> open(const std::string& account, http::RemoteRequest request);

 private:
  friend class RemoteInput;

  /// Bodies that are open, by account.
  class Slots {
   public:
    bool take(const std::string& account);
    void give_back(const std::string& account);

   private:
    std::mutex mutex_;
    unsigned taken_ = 0;
    std::map<std::string, unsigned> of_account_;
  };

  const http::RemoteRules rules_;
  std::atomic<bool> stopping_ = false;
  Slots slots_;
  store::BlockingPool pool_;  ///< goes first: its work uses what stands above
};

/// A body on another server, found to be what a copy may take.
struct RemoteSource {
  http::ClientAnswer head;
  operations::SourceBody body;
};
/// Asks for it as the request says, of at most so many bytes. Sets the call's source_error where it cannot be
/// read. Errors: CannotVerifyCopySource, SourceConditionNotMet, RequestBodyTooLarge, ServerBusy,
/// InvalidHeaderValue.
Task<Result<RemoteSource>> open_remote(Call& call, const SourceAddress& address, std::uint64_t most);

/// What the other server says of the body, as far as it can be kept.
blobs::ContentHeaders content_of(const http::ClientAnswer& head);
blobs::Metadata metadata_of(const http::ClientAnswer& head);

}  // namespace vitrine::azure::blob
