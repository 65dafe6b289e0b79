#include "http/network_address.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

NetworkAddress address(std::string_view text) {
  return Network::parse(text).value().address;
}

TEST(NetworkAddress, OnlyThePublicInternetIsPublic) {
  for (const auto* text : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255",
                           "2606:4700::1", "2a00:1450:4001::1", "::ffff:8.8.8.8"})
    EXPECT_TRUE(is_public(address(text))) << text;
  for (const auto* text : {"127.0.0.1",
                           "127.255.0.9",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "100.64.0.1",
                           "169.254.169.254",
                           "168.63.129.16",
                           "224.0.0.1",
                           "255.255.255.255",
                           "198.18.0.1",
                           "::1",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "fec0::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.1.1",
                           "::127.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::",
                           "2001:0:7f00:1::",
                           "2001:db8::1",
                           "100::1"})
    EXPECT_FALSE(is_public(address(text))) << text;
}

TEST(NetworkAddress, NetworksHaveTheirOwn) {
  EXPECT_TRUE(Network::parse("10.0.0.0/8")->has(address("10.255.1.1")));
  EXPECT_FALSE(Network::parse("10.0.0.0/8")->has(address("11.0.0.0")));
  EXPECT_TRUE(Network::parse("10.128.0.0/9")->has(address("10.200.0.0")));
  EXPECT_FALSE(Network::parse("10.128.0.0/9")->has(address("10.100.0.0")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->has(address("8.8.8.8")));
  EXPECT_FALSE(Network::parse("0.0.0.0/0")->has(address("2606:4700::1")));
  EXPECT_TRUE(Network::parse("127.0.0.1")->has(address("::ffff:127.0.0.1")));
  for (const auto* text : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129", "10.0.0.0/8x", "host"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

TEST(NetworkAddress, KnowsItsOwnMachine) {
  EXPECT_TRUE(is_of_this_machine(address("127.0.0.1")));
  EXPECT_FALSE(is_of_this_machine(address("8.8.8.8")));
}

}  // namespace
}  // namespace vitrine::http
