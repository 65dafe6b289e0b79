#include "evidence/readable.h"

#include <fmt/chrono.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/time.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& from) {
  json::array out;
  for (const auto& text : from) out.push_back(json::string(text));
  return out;
}

json::object read(const Who& who) {
  return {{"principal", who.principal}, {"credential", who.credential}, {"client_class", who.client_class}};
}

json::object read(const What& what) {
  json::object out{{"service", what.service}, {"action", what.action},   {"container", what.container},
                   {"blob", what.blob},       {"version", what.version}, {"content_root", nullptr},
                   {"result", nullptr}};
  if (what.content_root) out["content_root"] = to_hex(*what.content_root);
  if (const auto& result = what.result)
    out["result"] = {{"input_root", to_hex(result->input_root)},
                     {"model_hash", to_hex(result->model_hash)},
                     {"output_root", to_hex(result->output_root)}};
  return out;
}

json::object read(const Why& why) {
  return {{"purpose", why.purpose},
          {"basis", why.basis},
          {"decision", why.decision == Decision::Permitted ? "permitted" : "denied"},
          {"policies", texts(why.policies)},
          {"bundle_hash", to_hex(why.bundle_hash)},
          {"obligations", texts(why.obligations)},
          {"obligations_done", texts(why.obligations_done)},
          {"policy_epoch", why.policy_epoch},
          {"suspension_epoch", why.suspension_epoch}};
}

json::object read(const Outcome& outcome) {
  json::array quantities;
  for (const auto& quantity : outcome.quantities)
    quantities.push_back({{"name", quantity.name}, {"amount", quantity.amount}});
  json::object out{{"measure", outcome.measure == Measure::Actual ? "actual" : "upper bounds"},
                   {"quantities", std::move(quantities)},
                   {"status", outcome.status},
                   {"time", to_iso8601(outcome.time)},
                   {"request_id", outcome.request_id},
                   {"closing", nullptr}};
  if (const auto& closing = outcome.closing)
    out["closing"] = {{"first_index", closing->first_index}, {"end_state", closing->end_state}};
  return out;
}

}  // namespace

Result<json::object> readable_facet(FacetKind kind, ConstBytes cbor) {
  switch (kind) {
    case FacetKind::Who:
      return read(TRY(decode_who(cbor)));
    case FacetKind::What:
      return read(TRY(decode_what(cbor)));
    case FacetKind::Why:
      return read(TRY(decode_why(cbor)));
    case FacetKind::Outcome:
      return read(TRY(decode_outcome(cbor)));
  }
  return fail(Code::Internal, "A record has no such facet.");
}

Result<json::object> readable_seal(ConstBytes entry) {
  auto decoded = TRY(decode_entry(entry));
  const auto* seal = std::get_if<Seal>(&decoded);
  if (!seal) return fail(Code::Corrupt, "The entry of the public log is not a seal.");
  return json::object{{"number", seal->number},
                      {"time", readable_time(seal->time)},
                      {"slots", seal->slots},
                      {"policy_epoch", seal->policy_epoch}};
}

std::string readable_time(Seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", time);
}

}  // namespace vitrine::evidence
