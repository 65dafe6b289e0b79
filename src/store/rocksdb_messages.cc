#include "store/rocksdb_messages.h"

#include <array>
#include <cstdarg>
#include <cstdio>

#include "base/log.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kLongest = 2048;

class Messages final : public rocksdb::Logger {
 public:
  /// Warnings are of much that is as it should be.
  Messages() : Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}

  using rocksdb::Logger::Logv;
  /// What has no level: options and the like.
  void Logv(const char*, va_list) override {}
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, kLongest> text{};
    if (std::vsnprintf(text.data(), text.size(), format, arguments) < 0) return;
    log::error("an error of the metadata store", {{"text", text.data()}});
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> rocksdb_messages() {
  return std::make_shared<Messages>();
}

}  // namespace vitrine::store
