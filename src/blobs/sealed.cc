#include "blobs/sealed.h"

namespace vitrine::blobs {
namespace {

keys::Place place_of(const store::Key& key) {
  return {static_cast<std::uint8_t>(key.table), key.bytes};
}

}  // namespace

store::Write seal(const keys::DataKeys& keys, store::Key place, std::string_view value) {
  auto sealed = keys.seal(place_of(place), value);
  return {std::move(place), std::move(sealed)};
}

store::Write seal_content(const keys::DataKeys& keys, store::Key place, std::string_view value) {
  auto sealed = keys.seal_content(place_of(place), value);
  return {std::move(place), std::move(sealed)};
}

store::Write seal_own(const keys::DataKeys& keys, store::Key place, std::string_view value) {
  auto sealed = keys.seal_own(place_of(place), value);
  return {std::move(place), std::move(sealed)};
}

Result<std::string> open(const keys::DataKeys& keys, const store::Key& place, std::string_view stored) {
  return keys.open(place_of(place), stored);
}

Result<void> open(const keys::DataKeys& keys, const store::EntryView& head, std::string& out) {
  return keys.open({static_cast<std::uint8_t>(store::Table::Heads), head.key}, head.value, out);
}

}  // namespace vitrine::blobs
