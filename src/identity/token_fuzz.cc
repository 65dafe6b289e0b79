// Any bytes as a bearer token: never a crash, never one that holds.
#include <cstdlib>

#include "identity/key_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  // The key of RFC 7515, appendix A.3, that signed no token of this form.
  static const auto keys = *identity::KeySet::parse(
      R"({"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  const auto token = identity::parse_token(as_text({data, size}));
  if (token && keys.verifies(*token)) std::abort();
  if (token && token->claims.holder().empty()) std::abort();
  return 0;
}
