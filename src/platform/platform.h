// The platform port: everything that is not the Azure Blob protocol.
#pragma once

#include "platform/parts.h"
#include "platform/router.h"

namespace vitrine::platform {

/// Answers all requests to the port. `parts` must outlive it.
Router platform_router(const Parts& parts, Observers observers);

}  // namespace vitrine::platform
