// The purpose register: why data may be used, what each purpose covers, and how much.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vitrine::policy {

/// A group of operations that is allowed, budgeted and suspended as one.
enum class Service : std::uint8_t {
  Storage,
  Image,
  Video,
  Speech,
  Translation,
  Search,
  Documents,
  Analytics,
  Sharing
};
inline constexpr std::size_t kServiceCount = 9;
std::string_view name(Service service);
/// Errors: InvalidInput.
Result<Service> parse_service(std::string_view text);

/// What is counted against a budget.
enum class Quantity : std::uint8_t { Items, Bytes };
std::string_view name(Quantity quantity);
Result<Quantity> parse_quantity(std::string_view text);

/// A sliding window of buckets, the oldest counted whole, so that use is never under-counted:
/// hour = 60 of 1 min, day = 96 of 15 min, month = 120 of 6 h.
enum class Window : std::uint8_t { Hour, Day, Month };
std::string_view name(Window window);
Result<Window> parse_window(std::string_view text);

/// At most `limit` of a quantity of a service in a window, for one organisation and purpose.
struct Budget {
  Service service;
  Quantity quantity;
  Window window;
  std::int64_t limit;
};

/// What must be done to a result; an obligation nobody can carry out fails closed.
enum class Obligation : std::uint8_t { BlurFaces };
std::string_view name(Obligation obligation);
Result<Obligation> parse_obligation(std::string_view text);

struct Purpose {
  std::string id;
  std::string title;
  std::string dpv;  ///< the term's IRI in the W3C Data Privacy Vocabulary
  std::vector<Service> services;
  std::vector<Obligation> obligations;
  std::vector<Budget> budgets;

  [[nodiscard]] bool covers(Service service) const;
};

/// An immutable set of purposes.
class PurposeRegister {
 public:
  /// Reads the TOML form of policies/purposes.toml. Errors: InvalidInput with line and what is wrong, also
  /// when the server's own purpose is missing or does not cover storage.
  static Result<PurposeRegister> parse(std::string_view toml);
  /// The register compiled into the program.
  static PurposeRegister shipped();

  /// Nothing when the register has no such purpose.
  [[nodiscard]] const Purpose* find(std::string_view id) const;
  [[nodiscard]] std::vector<std::string> ids() const;

 private:
  std::map<std::string, Purpose, std::less<>> purposes_;
};

}  // namespace vitrine::policy
