// The sealed bytes of facets and seals as fields that people read.
#pragma once

#include <boost/json/fwd.hpp>

#include "evidence/record.h"
#include "evidence/seal.h"

namespace vitrine::evidence {

/// Digests as hexadecimal, times as ISO 8601. Errors: Corrupt when the CBOR is no facet of the kind.
Result<boost::json::object> readable_facet(FacetKind kind, ConstBytes cbor);
/// Errors: Corrupt when the entry is no seal.
Result<boost::json::object> readable_seal(ConstBytes entry);

/// "2026-11-22T10:30:00Z".
std::string readable_time(Seconds time);

}  // namespace vitrine::evidence
