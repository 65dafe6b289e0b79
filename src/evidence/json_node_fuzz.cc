// Proofs, digests and numbers that are read from a JSON document are those that stand in it.
#include <boost/json.hpp>
#include <cstdlib>

#include "base/encoding.h"
#include "evidence/json_node.h"

namespace {

namespace json = boost::json;
using namespace vitrine;

json::array as_json(const tlog::Proof& proof) {
  json::array out;
  for (const auto& digest : proof) out.emplace_back(to_base64(digest));
  return out;
}

void must(bool holds) {
  if (!holds) std::abort();
}

void look_at(const evidence::JsonNode& node, const json::value& value) {
  if (auto text = node.text()) must(value == json::value(*text) && node.must_be(*text));
  if (auto number = node.number()) must(value == json::value(*number));
  if (auto bytes = node.bytes()) must(value == json::value(to_base64(*bytes)));
  if (auto digest = node.bytes32()) must(value == json::value(to_base64(*digest)));
  if (auto proof = node.proof()) must(value == json::value(as_json(*proof)));
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) {
    auto inside = node.at(member.key());
    must(inside && node.has(member.key()));
    look_at(*inside, member.value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto value = evidence::parse_json(as_text({data, size}));
  if (value) look_at(evidence::JsonNode(*value), *value);
  return 0;
}
