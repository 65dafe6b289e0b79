#include "blobs/sealed.h"

namespace vitrine::blobs {
namespace {

std::string place_of(const store::Key& key) {
  return std::string(1, static_cast<char>(key.table)) + key.bytes;
}

}  // namespace

store::Write seal(const keys::DataKeys& keys, store::Key place, std::string_view value) {
  auto sealed = keys.seal(place_of(place), value);
  return {std::move(place), std::move(sealed)};
}

Result<std::string> open(const keys::DataKeys& keys, const store::Key& place, std::string_view stored) {
  return keys.open(place_of(place), stored);
}

}  // namespace vitrine::blobs
