// What a client of the server reads of a failure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine {

/// The error's message; where stored bytes are damaged, also who knows more. The message by itself is for
/// whoever may look into the log anyway.
std::string message_for_client(const Error& error);

/// The words, with files called by their names alone: in which folders a server's files lie is not for all
/// who ask it.
std::string without_folders(std::string_view words);

}  // namespace vitrine
