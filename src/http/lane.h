// One I/O thread's share of a server.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <string_view>
#include <unordered_set>

#include "http/date_cache.h"
#include "http/transport.h"

namespace vitrine::http {

/// The open streams of one thread: enforces their deadlines and ends them when the server stops. Everything
/// is called on that thread.
class Lane {
 public:
  void enter(Transport& transport) { transports_.insert(&transport); }
  void leave(Transport& transport) { transports_.erase(&transport); }

  /// The Date header's value now.
  std::string_view date() { return date_.at(system_clock().now()); }

  /// Enforces deadlines until end().
  Task<void> sweep();
  void end();

  /// From now on no request begins; idle streams are cut.
  void drain();
  [[nodiscard]] bool is_draining() const { return draining_; }
  void cut_all();

 private:
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  std::unordered_set<Transport*> transports_;
  DateCache date_;
  Timer* timer_ = nullptr;  // the sweep's, while it runs: a timer must not outlive its io_context, a lane may
  bool draining_ = false;
  bool ended_ = false;
};

}  // namespace vitrine::http
