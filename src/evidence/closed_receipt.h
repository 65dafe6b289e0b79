// A receipt that shows less, for passing on. (docs/formats/receipt.md)
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/receipt_record.h"

namespace vitrine::evidence {

/// The receipt, sealed or promised, with these facets closed as well: it verifies as before and proves the
/// same, but does not say what was in them. Errors: Corrupt when the document is no receipt;
/// VerificationFailed when its fields do not say what its bytes say, or a facet is not the one committed to:
/// what is written anew would hide that it was changed. The log's signature is not looked at.
Result<std::string> close_facets(std::string_view document, std::span<const FacetKind> kinds);

/// Which facets of a receipt are open, in order. Errors: Corrupt when the document is no receipt.
Result<std::vector<FacetKind>> open_facets(std::string_view document);

}  // namespace vitrine::evidence
