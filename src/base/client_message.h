// What a client of the server reads of a failure.
#pragma once

#include <string>

#include "base/error.h"

namespace vitrine {

/// The error's message; where stored bytes are damaged, also who knows more. The message by itself is for
/// whoever may look into the log anyway.
inline std::string message_for_client(const Error& error) {
  return error.code == Code::Corrupt ? error.message + " The server's log tells its operator more."
                                     : error.message;
}

}  // namespace vitrine
