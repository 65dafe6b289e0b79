// Properties that few blobs and containers have, under their numbers (docs/formats/heads.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::blobs {

/// As deterministic CBOR: they pass through whoever does not know them.
using Attributes = std::map<std::uint64_t, Bytes>;

/// `T` has a number, kAttribute, encode() and decode(). Errors: Corrupt.
template <class T>
Result<std::optional<T>> attribute(const Attributes& attributes) {
  const auto found = attributes.find(T::kAttribute);
  if (found == attributes.end()) return std::optional<T>();
  return std::optional<T>(TRY(T::decode(found->second)));
}

template <class T>
void set_attribute(Attributes& attributes, const std::optional<T>& value) {
  if (value)
    attributes[T::kAttribute] = value->encode();
  else
    attributes.erase(T::kAttribute);
}

}  // namespace vitrine::blobs
