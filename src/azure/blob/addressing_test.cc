#include "azure/blob/addressing.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

Result<Address> parse(std::string_view target, std::string_view host = "127.0.0.1:10000") {
  return parse_address(TRY(http::Target::parse(target)), host);
}

struct Row {
  std::string_view target, host, account, container, blob;
  bool secondary = false;
};

TEST(Addressing, WhatAnAddressNames) {
  constexpr std::string_view kAny = "127.0.0.1:10000", kOwn = "acct.blob.localhost:10000";
  for (auto [target, host, account, container, blob, secondary] : {
           Row{"/acct", kAny, "acct", "", ""},
           Row{"/acct/", kAny, "acct", "", ""},
           Row{"/acct?comp=list", kAny, "acct", "", ""},
           Row{"/acct/con?restype=container", kAny, "acct", "con", ""},
           Row{"/acct/con/", kAny, "acct", "con", ""},
           Row{"/acct/con/a/b%20c%2Fd", kAny, "acct", "con", "a/b c/d"},
           Row{"/acct/con//a", kAny, "acct", "con", "/a"},
           Row{"/acct/con/a+b", kAny, "acct", "con", "a+b"},
           Row{"/acct/con/..%2f..%2Fother", kAny, "acct", "con", "../../other"},
           Row{"/acct/con/../other", kAny, "acct", "con", "../other"},
           Row{"/acct/logo.png", kAny, "acct", "$root", "logo.png"},
           Row{"/acct/$root/logo.png", kAny, "acct", "$root", "logo.png"},
           Row{"/acct/%24web/index.html", kAny, "acct", "$web", "index.html"},
           Row{"/acct-secondary/con/a", kAny, "acct", "con", "a", true},
           Row{"http://elsewhere/acct/con/a", "", "acct", "con", "a"},
           Row{"/con/a", kOwn, "acct", "con", "a"},
           Row{"/", kOwn, "acct", "", ""},
           Row{"/logo.png", kOwn, "acct", "$root", "logo.png"},
           Row{"/con/a", "acct-secondary.blob.localhost", "acct", "con", "a", true},
           Row{"/acct/con/a", "acct.blob.example.org", "acct", "con", "a"},
       }) {
    auto address = parse(target, host);
    ASSERT_TRUE(address) << target << ": " << address.error().message;
    EXPECT_EQ(address->account.text(), account) << target;
    EXPECT_EQ(address->container ? address->container->text() : "", container) << target;
    EXPECT_EQ(address->blob ? address->blob->text() : "", blob) << target;
    EXPECT_EQ(address->secondary, secondary) << target;
    EXPECT_EQ(account_named(*http::Target::parse(target), host), account) << target;
  }
}

TEST(Addressing, AnAccountIsNamedAlsoWhereTheRestCannotBeRead) {
  const auto named = [](std::string_view target) {
    const auto parsed = http::Target::parse(target).value();
    return std::string(account_named(parsed, "127.0.0.1:10000"));
  };
  EXPECT_EQ(named("/acct/c%2Fon/a"), "acct");
  EXPECT_EQ(named("/acct-secondary/../con"), "acct");
  EXPECT_EQ(named("/"), "");
  EXPECT_EQ(named("//con/a"), "");
}

TEST(Addressing, WhatIsRefused) {
  struct Refused {
    std::string_view target;
    Code code;
  };
  for (auto [target, code] : {
           Refused{"/", Code::InvalidUri},
           Refused{"//con/a", Code::InvalidUri},
           Refused{"/Acct/con/a", Code::InvalidResourceName},
           Refused{"/%61cct/con/a", Code::InvalidResourceName},
           Refused{"/acct%2Fcon/a", Code::InvalidResourceName},
           Refused{"/acct/c%2Fon/a", Code::InvalidResourceName},
           Refused{"/acct/../con", Code::InvalidResourceName},
           Refused{"/acct/%2e%2e/con", Code::InvalidResourceName},
           Refused{"/acct/con/%FF", Code::InvalidResourceName},
       }) {
    auto address = parse(target);
    ASSERT_FALSE(address) << target;
    EXPECT_EQ(address.error().code, code) << target;
  }
}

}  // namespace
}  // namespace vitrine::azure::blob
