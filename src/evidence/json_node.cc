#include "evidence/json_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t kMaxDocument = std::size_t{1} << 20, kMaxProof = 64;

}  // namespace

std::unexpected<Error> JsonNode::bad(std::string_view what) const {
  return fail(Code::Corrupt, fmt::format("{} {}.", pointer_.empty() ? "The document" : pointer_, what));
}

Result<JsonNode> JsonNode::at(std::string_view key) const {
  if (!has(key)) return JsonNode(*value_, pointer_ + pointer_step(key)).bad("is missing");
  return JsonNode(value_->get_object().at(key), pointer_ + pointer_step(key));
}

bool JsonNode::has(std::string_view key) const {
  return value_->is_object() && value_->get_object().contains(key);
}

Result<std::string> JsonNode::text() const {
  if (value_->is_string()) return std::string(value_->get_string());
  return bad("is not a text");
}

Result<void> JsonNode::must_be(std::string_view expected) const {
  if (TRY(text()) == expected) return {};
  return bad(fmt::format("is not \"{}\"", expected));
}

Result<std::uint64_t> JsonNode::number() const {
  if (value_->is_uint64()) return value_->get_uint64();
  if (value_->is_int64() && value_->get_int64() >= 0) return static_cast<std::uint64_t>(value_->get_int64());
  return bad("is not a whole number from 0");
}

Result<Bytes> JsonNode::bytes() const {
  auto decoded = from_base64(TRY(text()));
  if (decoded) return decoded;
  return bad("is not base64");
}

Result<Digest> JsonNode::bytes32() const {
  auto decoded = TRY(bytes());
  Digest out;
  if (decoded.size() != out.size()) return bad("is not the base64 form of 32 bytes");
  std::ranges::copy(decoded, out.begin());
  return out;
}

Result<tlog::Proof> JsonNode::proof() const {
  if (!value_->is_array()) return bad("is not an array");
  const auto& items = value_->get_array();
  if (items.size() > kMaxProof) return bad("is longer than any path");
  tlog::Proof proof;
  for (std::size_t i = 0; i < items.size(); ++i)
    proof.push_back(TRY(JsonNode(items[i], fmt::format("{}/{}", pointer_, i)).bytes32()));
  return proof;
}

Result<boost::json::value> parse_json(std::string_view document) {
  if (document.size() > kMaxDocument) return fail(Code::Corrupt, "The document is larger than 1 MiB.");
  boost::system::error_code error;
  auto value = boost::json::parse(document, error);
  if (!error) return value;
  return fail(Code::Corrupt, fmt::format("The document is not JSON: {}.", error.message()));
}

std::string pointer_step(std::string_view key) {
  std::string step = "/";
  for (char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

}  // namespace vitrine::evidence
