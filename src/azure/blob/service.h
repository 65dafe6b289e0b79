// The Azure Blob port: every request to it ends in one answer here.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "azure/blob/admission.h"
#include "azure/blob/authentication.h"
#include "azure/blob/batch.h"
#include "azure/blob/call.h"
#include "http/message.h"
#include "identity/account_directory.h"
#include "operations/floors.h"

namespace vitrine::azure::blob {

/// Is told the operation ("blob.get"; "refused" for a request that is none) and the status of each answer.
using AnswerObserver = std::function<void(std::string_view operation, unsigned status)>;

/// Is told of each request that was refused without a record: the account that it names, which may not exist
/// and is empty when it names none, and why.
using RefusalObserver = std::function<void(std::string_view account, const Error& error)>;

struct ServiceOptions {
  std::string program = "Vitrine";         ///< the Server header: the program and its version
  AnswerObserver observer;                 ///< may be empty
  RefusalObserver refusals;                ///< may be empty
  const TokenAuthority* tokens = nullptr;  ///< outlives the service; null: no bearer tokens are taken
  RemoteSources* remotes = nullptr;        ///< likewise; null: nothing is copied from other servers
};

/// Authenticates each request, tells which operation it is, has it carried out and words the answer. Usable
/// from any thread; floors and accounts must outlive it.
class BlobService {
 public:
  BlobService(const operations::Floors& floors, const identity::AccountDirectory& accounts,
              ServiceOptions options)
      : floors_(floors), accounts_(accounts), options_(std::move(options)) {}

  /// As an http::Handler.
  [[nodiscard]] Task<http::Response> answer(http::Request& request) const;
  /// To one request of a batch, which came as the batch did. Never has a stream.
  [[nodiscard]] Task<http::Response> answer_part(const BatchPart& part, const BatchPlace& place,
                                                 const http::Request& batch) const;
  /// As an http::RefusalWriter.
  [[nodiscard]] http::Response refuse(const Error& error) const;

 private:
  /// One who looks at a site.
  [[nodiscard]] Task<http::Response> answer_visitor(http::Request& request) const;
  /// Adds what every answer says; `admitted` may be null.
  void finish(http::Response& response, const http::Request& request, std::string_view request_id,
              const Admitted* admitted) const;
  void count(const http::Request& request, const Error& error) const;
  /// Tells pages of other origins what they may see of the answer.
  void tell_origin(http::Response& response, const http::Request& request) const;
  void ask_for_token(http::Response& response, const http::Request& request, const Error& error) const;

  const operations::Floors& floors_;
  const identity::AccountDirectory& accounts_;
  ServiceOptions options_;
};

}  // namespace vitrine::azure::blob
