#include "evidence/erasure.h"

#include <fmt/format.h>

#include "base/cbor.h"

namespace vitrine::evidence {

bool ErasedFacets::contains(FacetKind kind) const {
  return (kind == FacetKind::Who && who) || (kind == FacetKind::What && what);
}

std::string to_text(const ErasedFacets& facets) {
  return fmt::format("{}{}{}", facets.who ? "who" : "", facets.who && facets.what ? "," : "",
                     facets.what ? "what" : "");
}

Result<ErasedFacets> parse_facets(std::string_view text) {
  for (const ErasedFacets facets :
       {ErasedFacets{.who = true}, ErasedFacets{.what = true}, ErasedFacets{.who = true, .what = true}})
    if (to_text(facets) == text) return facets;
  return fail(Code::InvalidInput,
              "Only 'who' and 'what' can be erased; 'why' and 'outcome' stay as long as the record does.");
}

Digest order_digest(const ErasureOrder& order) {
  CborWriter out;
  out.array(6).text("vitrine-erasure-order-v1").bytes(order.journal.bytes).array(order.records.size());
  for (const auto& range : order.records) out.array(2).unsigned_int(range.first).unsigned_int(range.last);
  out.boolean(order.facets.who).boolean(order.facets.what).text(order.ground);
  return crypto::sha256(out.view());
}

Erasure make_erasure(std::uint64_t slot, const ErasureOrder& order, std::chrono::sys_seconds agreed) {
  return {.slot = slot,
          .records = count(order.records),
          .facets = order.facets,
          .order = order_digest(order),
          .agreed = agreed};
}

Bytes erasure_statement(std::string_view origin, const Erasure& erasure) {
  CborWriter out;
  out.array(8).text("vitrine-erasure-v1").text(origin).unsigned_int(erasure.slot);
  out.unsigned_int(erasure.records).boolean(erasure.facets.who).boolean(erasure.facets.what);
  return out.bytes(erasure.order).integer(erasure.agreed.time_since_epoch().count()).take();
}

Result<void> check_approvals(std::string_view origin, const Erasure& erasure) {
  return check_approvals(fmt::format("The erasure in slot {}", erasure.slot),
                         erasure_statement(origin, erasure), erasure.approvals);
}

}  // namespace vitrine::evidence
