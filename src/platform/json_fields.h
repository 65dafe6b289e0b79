// The JSON body of a request, read strictly.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "http/message.h"

namespace vitrine::platform {

/// Takes the fields out of a JSON object one by one; what is left at the end was not understood. All errors
/// are InvalidInput and name the field.
class JsonFields {
 public:
  /// Errors: InvalidInput when the document is no JSON object.
  static Result<JsonFields> parse(std::string_view document);
  JsonFields(JsonFields&&) noexcept;
  JsonFields& operator=(JsonFields&&) noexcept;
  ~JsonFields();

  Result<std::string> text(std::string_view name);
  /// Nothing when the field is absent or null.
  Result<std::optional<std::string>> optional_text(std::string_view name);
  /// False when absent.
  Result<bool> flag(std::string_view name);
  /// A whole number that is not negative; 0 when absent.
  Result<std::uint64_t> number(std::string_view name);
  /// An array of texts; empty when absent.
  Result<std::vector<std::string>> texts(std::string_view name);
  /// An array of objects; empty when absent.
  Result<std::vector<JsonFields>> objects(std::string_view name);
  /// Nothing may be left.
  [[nodiscard]] Result<void> end() const;

 private:
  explicit JsonFields(boost::json::object fields);
  std::optional<boost::json::value> take(std::string_view name);

  std::unique_ptr<boost::json::object> fields_;
};

/// Reads a body of at most 1 MiB; an empty one is an object without fields. Errors: RequestBodyTooLarge,
/// InvalidInput, those of the connection.
Task<Result<JsonFields>> read_json(http::BodyReader& body);

}  // namespace vitrine::platform
