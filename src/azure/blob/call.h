// One request on its way through a handler.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "azure/blob/addressing.h"
#include "http/message.h"
#include "operations/view.h"
#include "policy/intent.h"

namespace vitrine::azure::blob {

class BlobService;
struct Doors;
class RemoteSources;

/// An authenticated request. Lives until it is answered.
struct Call {
  http::Request& request;
  const operations::Floors& floors;
  Address address;
  policy::Exchange exchange;
  const BlobService* service = nullptr;  ///< answers the requests of a batch
  http::Headers told_with_refusal{};     ///< what the answer says besides the error, if it is one
  const Doors* doors = nullptr;          ///< let in who reads the source of a copy
  RemoteSources* remotes = nullptr;      ///< null: sources are of this server alone
  std::optional<Error> source_error{};   ///< why that could not be read
  std::string source_account{};          ///< whose refusal it is, where nothing was decided about it

  [[nodiscard]] const http::Headers& headers() const { return request.headers; }
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const {
    return request.target.parameter(name);
  }
  /// Precondition: the address names a container.
  [[nodiscard]] operations::ContainerRef container() const { return {address.account, *address.container}; }
  /// Precondition: the address names a blob.
  [[nodiscard]] operations::BlobRef blob() const {
    return {address.account, *address.container, *address.blob};
  }
};

}  // namespace vitrine::azure::blob
