#include "platform/json_fields.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace vitrine::platform {
namespace {

constexpr std::size_t kMostBody = std::size_t{1} << 20;
constexpr std::size_t kPiece = 4096;

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Code::InvalidInput, fmt::format("The field '{}' {}.", name, what));
}

}  // namespace

JsonFields::JsonFields(boost::json::object fields)
    : fields_(std::make_unique<boost::json::object>(std::move(fields))) {}
JsonFields::JsonFields(JsonFields&&) noexcept = default;
JsonFields& JsonFields::operator=(JsonFields&&) noexcept = default;
JsonFields::~JsonFields() = default;

Result<JsonFields> JsonFields::parse(std::string_view document) {
  boost::system::error_code error;
  auto value = boost::json::parse(document, error);
  if (error) return fail(Code::InvalidInput, fmt::format("The body is not JSON: {}.", error.message()));
  if (!value.is_object()) return fail(Code::InvalidInput, "The body is not a JSON object.");
  return JsonFields(std::move(value.get_object()));
}

std::optional<boost::json::value> JsonFields::take(std::string_view name) {
  auto found = fields_->find(name);
  if (found == fields_->end()) return std::nullopt;
  auto value = std::move(found->value());
  fields_->erase(found);
  if (value.is_null()) return std::nullopt;
  return value;
}

Result<std::string> JsonFields::text(std::string_view name) {
  auto value = TRY(optional_text(name));
  if (!value) return wrong(name, "is missing");
  return std::move(*value);
}

Result<std::optional<std::string>> JsonFields::optional_text(std::string_view name) {
  auto value = take(name);
  if (!value) return std::optional<std::string>();
  if (!value->is_string()) return wrong(name, "is not a text");
  return std::optional<std::string>(value->get_string());
}

Result<bool> JsonFields::flag(std::string_view name) {
  auto value = take(name);
  if (!value) return false;
  if (!value->is_bool()) return wrong(name, "is neither true nor false");
  return value->get_bool();
}

Result<std::uint64_t> JsonFields::number(std::string_view name) {
  auto value = take(name);
  if (!value) return std::uint64_t{0};
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  if (error || value->is_double()) return wrong(name, "is not a whole number that is not negative");
  return number;
}

Result<std::vector<std::string>> JsonFields::texts(std::string_view name) {
  std::vector<std::string> out;
  auto value = take(name);
  if (!value) return out;
  if (!value->is_array()) return wrong(name, "is not an array of texts");
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) return wrong(name, "is not an array of texts");
    out.emplace_back(item.get_string());
  }
  return out;
}

Result<std::vector<JsonFields>> JsonFields::objects(std::string_view name) {
  std::vector<JsonFields> out;
  auto value = take(name);
  if (!value) return out;
  if (!value->is_array()) return wrong(name, "is not an array of objects");
  for (auto& item : value->get_array()) {
    if (!item.is_object()) return wrong(name, "is not an array of objects");
    out.push_back(JsonFields(std::move(item.get_object())));
  }
  return out;
}

Result<void> JsonFields::end() const {
  if (fields_->empty()) return {};
  return fail(Code::InvalidInput,
              fmt::format("There is no field '{}' here.", std::string_view(fields_->begin()->key())));
}

Task<Result<JsonFields>> read_json(http::BodyReader& body) {
  std::string document;
  for (;;) {
    auto size = document.size();
    document.resize(size + kPiece);
    auto into = MutableBytes(reinterpret_cast<std::uint8_t*>(document.data()) + size, kPiece);
    auto count = CO_TRY(co_await body.read(into));
    document.resize(size + count);
    if (count == 0) break;
    if (document.size() > kMostBody)
      co_return fail(Code::RequestBodyTooLarge, "The body of a request to this port may have at most 1 MiB.");
  }
  co_return JsonFields::parse(document.empty() ? "{}" : document);
}

}  // namespace vitrine::platform
