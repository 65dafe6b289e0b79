// The process's log: one line an event, text or JSON, to standard error. Never carries keys, signatures,
// tokens or blob contents.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace vitrine::log {

enum class Level { Debug, Info, Warn, Error };
enum class Form { Text, Json };

/// Call once at start; before it, Info and above go out as text.
void configure(Level least, Form form);

struct Field {
  std::string_view name;
  std::string value;
};
using Fields = std::initializer_list<Field>;

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace vitrine::log
