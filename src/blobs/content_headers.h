// What a blob says about its contents.
#pragma once

#include <optional>
#include <string>

#include "crypto/digest.h"

namespace vitrine::blobs {

/// Given back on reads just as the client set them; empty texts are absent.
struct ContentHeaders {
  std::string type;
  std::string encoding;
  std::string language;
  std::string disposition;
  std::string cache_control;
  std::optional<crypto::Md5Digest> md5;

  friend bool operator==(const ContentHeaders&, const ContentHeaders&) = default;
};

}  // namespace vitrine::blobs
