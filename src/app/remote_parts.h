// Copies from other servers, as the settings allow them.
#pragma once

#include <memory>

#include "app/settings.h"
#include "azure/blob/remote_source.h"

namespace vitrine::app {

/// Null where none are allowed. Errors: InvalidInput.
Result<std::unique_ptr<azure::blob::RemoteSources>> remote_sources(const Settings& settings);

}  // namespace vitrine::app
