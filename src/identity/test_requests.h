// Requests for the tests of signatures: the vectors made by the official SDK, and changes to them.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "identity/emulator.h"
#include "identity/key_ring.h"
#include "identity/signed_request.h"

namespace vitrine::identity {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline std::vector<NameValue> views_of(const Pairs& pairs) {
  std::vector<NameValue> views;
  for (const auto& [name, value] : pairs) views.push_back({name, value});
  return views;
}

/// "name=value&name=value" without decoding, as the fuzzers' inputs are.
inline std::vector<NameValue> split_query(std::string_view text) {
  std::vector<NameValue> query;
  while (!text.empty()) {
    auto field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    auto equals = std::min(field.find('='), field.size());
    query.push_back({field.substr(0, equals), field.substr(std::min(field.size(), equals + 1))});
  }
  return query;
}

inline Pairs pairs_of(const boost::json::value& json) {
  Pairs pairs;
  for (const auto& pair : json.as_array())
    pairs.emplace_back(pair.as_array().at(0).as_string(), pair.as_array().at(1).as_string());
  return pairs;
}

inline boost::json::array read_vectors(const std::string& file) {
  std::ifstream in("src/identity/testdata/" + file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return boost::json::parse(text).as_array();
}

/// The emulator's account with another key in front of the published one.
inline KeyRing emulator_key_ring() {
  Account account{*AccountName::parse(kEmulatorAccount), *OrganisationId::parse("development"), 0, {}, {}};
  auto purpose = *PurposeId::parse("development");
  account.keys.push_back({*KeyName::parse("key1"), Bytes(64, 1), purpose, {}, {}});
  account.keys.push_back({*KeyName::parse("key2"), *from_base64(kEmulatorKey), purpose, {}, {}});
  return KeyRing(std::move(account));
}

}  // namespace vitrine::identity
