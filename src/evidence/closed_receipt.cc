#include "evidence/closed_receipt.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "evidence/promised_receipt.h"
#include "evidence/receipt.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t position(FacetKind kind) {
  return static_cast<std::size_t>(kind);
}

OpenedFacets& opened_in(Receipt& receipt) {
  return receipt.opened;
}
OpenedFacets& opened_in(PromisedReceipt& receipt) {
  return receipt.record.opened;
}
const Commitments& commitments_in(const Receipt& receipt) {
  return receipt.commitments;
}
const Commitments& commitments_in(const PromisedReceipt& receipt) {
  return receipt.record.commitments;
}

template <class AnyReceipt>
Result<std::string> close_in(AnyReceipt receipt, std::string_view document,
                             std::span<const FacetKind> kinds) {
  auto& opened = opened_in(receipt);
  for (auto kind : kFacetKinds) TRY(check_facet(kind, opened, commitments_in(receipt)));
  std::string place;
  TRY(check_spelling(document, TRY(receipt_json(receipt)), place));
  for (auto kind : kinds) opened[position(kind)].reset();
  return write_receipt(receipt);
}

std::unexpected<Error> no_receipt(const Error& why) {
  return fail(Code::Corrupt, fmt::format("This is not a receipt that this program reads. {}", why.message));
}

}  // namespace

Result<std::string> close_facets(std::string_view document, std::span<const FacetKind> kinds) {
  if (is_promised_receipt(document)) {
    auto promised = read_promised_receipt(document);
    return promised ? close_in(std::move(*promised), document, kinds) : no_receipt(promised.error());
  }
  auto sealed = read_receipt(document);
  return sealed ? close_in(std::move(*sealed), document, kinds) : no_receipt(sealed.error());
}

Result<std::vector<FacetKind>> open_facets(std::string_view document) {
  const auto facets = is_promised_receipt(document) ? TRY(read_promised_receipt(document)).record.opened
                                                    : TRY(read_receipt(document)).opened;
  std::vector<FacetKind> open;
  for (auto kind : kFacetKinds)
    if (facets[position(kind)]) open.push_back(kind);
  return open;
}

}  // namespace vitrine::evidence
