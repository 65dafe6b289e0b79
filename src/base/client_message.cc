#include "base/client_message.h"

#include <algorithm>

namespace vitrine {

std::string message_for_client(const Error& error) {
  return error.code == Code::Corrupt ? error.message + " The server's log tells its operator more."
                                     : error.message;
}

std::string without_folders(std::string_view words) {
  std::string out;
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    auto word = words.substr(at, end - at);
    if (word.starts_with('/')) word.remove_prefix(word.rfind('/') + 1);
    out += word;
    if (end < words.size()) out += ' ';
    at = end + 1;
  }
  return out;
}

}  // namespace vitrine
