#include "app/approvers.h"

#include <fmt/format.h>

#include "app/option_file.h"

namespace vitrine::app {

Result<std::array<crypto::SigningKey, 2>> read_approvers(const std::vector<std::string>& files) {
  if (files.size() != 2)
    return fail(Code::InvalidInput,
                "This needs two people: give --approve twice, each with the file of one's own key.");
  std::vector<crypto::SigningKey> keys;
  for (const auto& file : files) {
    auto key = crypto::SigningKey::from_pem(TRY(read_option_file("--approve", file)));
    if (!key) return fail(Code::InvalidInput, fmt::format("--approve: {}: {}", file, key.error().message));
    keys.push_back(std::move(*key));
  }
  if (keys[0].public_key() == keys[1].public_key())
    return fail(Code::InvalidInput, "--approve: both files hold the same key, and two people are needed.");
  return std::array{keys[0], keys[1]};
}

}  // namespace vitrine::app
