// One connection from its first byte to its last.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "http/lane.h"
#include "http/message.h"
#include "http/read_buffer.h"
#include "http/request_body.h"
#include "http/response_writer.h"
#include "http/service.h"
#include "http/transport.h"

namespace vitrine::http {

/// Receives requests one after another, has each answered, and closes when either side wishes it or when it
/// is not certain where the next request would begin. Service and lane must outlive it.
class Connection {
 public:
  Connection(Service& service, Lane& lane, std::unique_ptr<Transport> transport,
             const boost::asio::ip::tcp::endpoint& peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends when the connection does. Once.
  Task<void> run();

 private:
  /// What follows a request: the next, a close that lets the client read what it was sent, or a cut.
  enum class Next { Request, Close, Cut };

  Task<Next> serve_one();
  Task<Result<Framing>> receive_head();
  Task<Result<std::size_t>> receive_head_bytes();
  Task<Result<void>> receive_some(SteadyTime deadline);
  Task<Response> answer();
  Task<Next> refuse(Error error);
  Task<void> close();

  Service& service_;
  Lane& lane_;
  std::unique_ptr<Transport> transport_;
  ReadBuffer buffer_;
  RequestBody body_;
  ResponseWriter writer_;
  Request request_;
  bool received_any_ = false;
};

}  // namespace vitrine::http
