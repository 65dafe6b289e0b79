#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace vitrine::log {
namespace {

std::atomic<Form> form_in_use = Form::Text;

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("vitrine", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(text));
}

void write(spdlog::level::level_enum level, std::string_view message, Fields fields) {
  if (!logger().should_log(level)) return;
  std::string line;
  if (form_in_use == Form::Json) {
    line = fmt::format("\"message\":{}", quoted(message));
    for (const auto& field : fields) line += fmt::format(",{}:{}", quoted(field.name), quoted(field.value));
  } else {
    line = message;
    for (const auto& field : fields) line += fmt::format(" {}={}", field.name, quoted(field.value));
  }
  logger().log(level, "{}", line);
}

}  // namespace

void configure(Level least, Form form) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                   spdlog::level::warn, spdlog::level::err};
  logger().set_level(kLevels[static_cast<int>(least)]);
  form_in_use = form;
  if (form == Form::Json)
    logger().set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                         spdlog::pattern_time_type::utc);
}

void debug(std::string_view message, Fields fields) {
  write(spdlog::level::debug, message, fields);
}
void info(std::string_view message, Fields fields) {
  write(spdlog::level::info, message, fields);
}
void warn(std::string_view message, Fields fields) {
  write(spdlog::level::warn, message, fields);
}
void error(std::string_view message, Fields fields) {
  write(spdlog::level::err, message, fields);
}

}  // namespace vitrine::log
