// An account's container $web, read as a site by anybody.
// Source: Azure Storage, "Static website hosting"; REST, "Set Blob Service Properties" (StaticWebsite).
#pragma once

#include <string_view>

#include "azure/blob/admission.h"

namespace vitrine::azure::blob {

/// Whether a visitor of a site asks; `host` may hold a port.
bool is_for_site(std::string_view host);

/// What a visitor gets to see.
struct SiteDocument {
  Admitted admitted;                ///< to read the document
  bool stands_for_missing = false;  ///< it is the one for what is not there
};
/// The document that the path names, the index document of a folder, the default index document, or that for
/// what is not there. It is read for the purpose for which the site was switched on. Nothing of the request
/// counts but its path, range and conditions on the document's tag and time. Errors: BlobNotFound when there
/// is no site; UnsupportedHttpVerb for all but GET and HEAD; AccountNotFound, those of the store.
Result<SiteDocument> admit_visitor(const operations::Floors& floors, const Doors& doors,
                                   http::Request& request, const Arrival& arrival);

/// What a visitor is told who gets none: what is not there is all the same to him.
http::Response answer_without_document(const Error& error, http::Method method, const Arrival& arrival);

}  // namespace vitrine::azure::blob
