#include "platform/front_page.h"

#include "platform_generated/index_page.h"

namespace vitrine::platform {

Task<Result<http::Response>> show_front_page(const Parts&, Call&) {
  auto response = http::Response::text(200, "text/html; charset=utf-8", kIndexPage);
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  co_return response;
}

}  // namespace vitrine::platform
