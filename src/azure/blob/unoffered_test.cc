#include "azure/blob/unoffered.h"

#include <gtest/gtest.h>

#include "azure/blob/test_request.h"

namespace vitrine::azure::blob {
namespace {

Result<void> with_header(std::string_view name, std::string_view value) {
  TestRequest test("/acct/con/b");
  test.request.headers.add(name, value);
  return refuse_unoffered(test.request);
}

TEST(Unoffered, HeadersThatAskForMoreThanThereIs) {
  for (auto [name, value, code] : {
           std::tuple{"X-Ms-Encryption-Scope", "mine", Code::NotImplemented},
           {"x-ms-source-encryption-key", "AAAA", Code::NotImplemented},
       })
    EXPECT_EQ(with_header(name, value).error().code, code) << name;
}

TEST(Unoffered, HeadersThatAskForWhatHoldsAnyway) {
  for (auto [name, value] : {
           std::pair{"x-ms-encryption-scope", "$account-encryption-key"},
           {"x-ms-meta-tags", "a=b"},
           {"tags", "a=b"},
       })
    EXPECT_TRUE(with_header(name, value)) << name;
}

}  // namespace
}  // namespace vitrine::azure::blob
