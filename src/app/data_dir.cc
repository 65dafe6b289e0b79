#include "app/data_dir.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/mac.h"

namespace vitrine::app {
namespace {

constexpr std::size_t kLeastToken = 32;

}  // namespace

Result<void> prepare(const DataDir& data) {
  std::error_code error;
  auto keys = data.operator_token().parent_path();
  std::filesystem::create_directories(keys, error);
  if (!error) std::filesystem::permissions(keys, std::filesystem::perms::owner_all, error);
  if (!error) return {};
  return fail(Code::DeviceFailed,
              fmt::format("The data directory {} cannot be made: {}. Choose another with --data-dir.",
                          data.root.string(), error.message()));
}

Result<std::string> read_operator_token(const std::filesystem::path& file) {
  auto text = TRY(read_file(file));
  auto token = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  if (token.size() >= kLeastToken && token.find_first_of(" \r\n") == std::string::npos) return token;
  return fail(Code::Corrupt,
              fmt::format("{} does not hold one line of at least {} characters; remove it and the "
                          "server makes a new one.",
                          file.string(), kLeastToken));
}

Result<std::string> load_or_create_operator_token(const DataDir& data) {
  auto stored = read_operator_token(data.operator_token());
  if (stored || stored.error().code != Code::ResourceNotFound) return stored;
  auto token = to_hex(crypto::random_array<32>());
  TRY(replace_file(data.operator_token(), as_bytes(token + "\n"), FileAccess::OwnerOnly));
  return token;
}

}  // namespace vitrine::app
