#include "http/date_cache.h"

namespace vitrine::http {

std::string_view DateCache::at(Timestamp now) {
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_) {
    text_ = to_http_date(now);
    second_ = second;
  }
  return text_;
}

}  // namespace vitrine::http
