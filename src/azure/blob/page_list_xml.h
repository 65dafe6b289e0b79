// The document of Get Page Ranges.
// Source: Azure Storage REST, "Get Page Ranges".
#pragma once

#include <string>

#include "operations/page_blobs.h"

namespace vitrine::azure::blob {

/// Ranges as the wire has them: of bytes, both ends inclusive; those that were cleared as <ClearRange>.
std::string write_page_list(const operations::PageRangesAnswer& found);

}  // namespace vitrine::azure::blob
