// The forms in which the platform port answers.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "base/error.h"
#include "http/message.h"

namespace vitrine::platform {

http::Response json_answer(unsigned status, const boost::json::value& body);

/// {"error": {"code", "message", "policy"?}}, the shape of Azure's AI services, with the error's status; says
/// when to try again where that helps.
http::Response error_answer(const Error& error);

}  // namespace vitrine::platform
