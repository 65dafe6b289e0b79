#include "evidence/facets.h"

#include "base/cbor.h"
#include "evidence/cbor_items.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t kMaxListed = 1000;  // policies, obligations or quantities of one record
constexpr std::size_t kUsualSize = 256;   // a facet is seldom larger: one allocation

void write_texts(CborWriter& out, const std::vector<std::string>& texts) {
  out.array(texts.size());
  for (const auto& text : texts) out.text(text);
}

Result<std::vector<std::string>> read_texts(CborReader& in) {
  std::vector<std::string> texts(TRY(in.array_up_to(kMaxListed)));
  for (auto& text : texts) text = TRY(in.text());
  return texts;
}

void write_optional(CborWriter& out, const std::optional<Digest>& digest) {
  digest ? out.bytes(*digest) : out.null();
}

Result<Derivation> read_derivation(CborReader& in) {
  TRY(in.array(3));
  Derivation result;
  result.input_root = TRY(read_bytes32(in));
  result.model_hash = TRY(read_bytes32(in));
  result.output_root = TRY(read_bytes32(in));
  return result;
}

Result<std::vector<Quantity>> read_quantities(CborReader& in) {
  std::vector<Quantity> quantities(TRY(in.array_up_to(kMaxListed)));
  for (auto& quantity : quantities) {
    TRY(in.array(2));
    quantity.name = TRY(in.text());
    quantity.amount = TRY(in.unsigned_int());
  }
  return quantities;
}

Result<Closing> read_closing(CborReader& in) {
  TRY(in.array(2));
  Closing closing;
  closing.first_index = TRY(in.unsigned_int());
  closing.end_state = TRY(in.text());
  return closing;
}

}  // namespace

Bytes encode(const Who& who) {
  CborWriter out(kUsualSize);
  out.array(3).text(who.principal).text(who.credential).text(who.client_class);
  return out.take();
}

Bytes encode(const What& what) {
  CborWriter out(kUsualSize);
  out.array(7).text(what.service).text(what.action).text(what.container).text(what.blob).text(what.version);
  write_optional(out, what.content_root);
  if (const auto& result = what.result)
    out.array(3).bytes(result->input_root).bytes(result->model_hash).bytes(result->output_root);
  else
    out.null();
  return out.take();
}

Bytes encode(const Why& why) {
  CborWriter out(kUsualSize);
  out.array(9).text(why.purpose).text(why.basis).boolean(why.decision == Decision::Permitted);
  write_texts(out, why.policies);
  out.bytes(why.bundle_hash);
  write_texts(out, why.obligations);
  write_texts(out, why.obligations_done);
  out.unsigned_int(why.policy_epoch).unsigned_int(why.suspension_epoch);
  return out.take();
}

Bytes encode(const Outcome& outcome) {
  CborWriter out(kUsualSize);
  out.array(6).boolean(outcome.measure == Measure::Actual).array(outcome.quantities.size());
  for (const auto& quantity : outcome.quantities)
    out.array(2).text(quantity.name).unsigned_int(quantity.amount);
  out.unsigned_int(outcome.status).integer(to_micros(outcome.time)).text(outcome.request_id);
  if (const auto& closing = outcome.closing)
    out.array(2).unsigned_int(closing->first_index).text(closing->end_state);
  else
    out.null();
  return out.take();
}

Result<Who> decode_who(ConstBytes cbor) {
  CborReader in(cbor);
  TRY(in.array(3));
  Who who;
  who.principal = TRY(in.text());
  who.credential = TRY(in.text());
  who.client_class = TRY(in.text());
  TRY(in.end());
  return who;
}

Result<What> decode_what(ConstBytes cbor) {
  CborReader in(cbor);
  TRY(in.array(7));
  What what;
  for (auto* text : {&what.service, &what.action, &what.container, &what.blob, &what.version})
    *text = TRY(in.text());
  if (!in.skip_null()) what.content_root = TRY(read_bytes32(in));
  if (!in.skip_null()) what.result = TRY(read_derivation(in));
  TRY(in.end());
  return what;
}

Result<Why> decode_why(ConstBytes cbor) {
  CborReader in(cbor);
  TRY(in.array(9));
  Why why;
  why.purpose = TRY(in.text());
  why.basis = TRY(in.text());
  why.decision = TRY(in.boolean()) ? Decision::Permitted : Decision::Denied;
  why.policies = TRY(read_texts(in));
  why.bundle_hash = TRY(read_bytes32(in));
  why.obligations = TRY(read_texts(in));
  why.obligations_done = TRY(read_texts(in));
  why.policy_epoch = TRY(in.unsigned_int());
  why.suspension_epoch = TRY(in.unsigned_int());
  TRY(in.end());
  return why;
}

Result<Outcome> decode_outcome(ConstBytes cbor) {
  CborReader in(cbor);
  TRY(in.array(6));
  Outcome outcome;
  outcome.measure = TRY(in.boolean()) ? Measure::Actual : Measure::UpperBounds;
  outcome.quantities = TRY(read_quantities(in));
  outcome.status = TRY(in.unsigned_int());
  outcome.time = TRY(read_time<std::chrono::microseconds>(in));
  outcome.request_id = TRY(in.text());
  if (!in.skip_null()) outcome.closing = TRY(read_closing(in));
  TRY(in.end());
  return outcome;
}

}  // namespace vitrine::evidence
