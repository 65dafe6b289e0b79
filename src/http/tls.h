// The server's certificate and key.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/error.h"
#include "http/server.h"

namespace vitrine::http {

/// TLS 1.2 and 1.3. Errors: InvalidInput, naming the file that cannot be read or does not fit the other.
Result<std::unique_ptr<boost::asio::ssl::context>> load_tls(const TlsFiles& files);

}  // namespace vitrine::http
