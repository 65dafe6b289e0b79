#include "platform/log_files.h"

#include "base/file.h"
#include "tlog/tiles.h"

namespace vitrine::platform {
namespace {

/// Pages of any origin may read what is public.
http::Response public_answer(std::string_view type, std::string_view caching, std::string body) {
  auto response = http::Response::text(200, type, std::move(body));
  response.headers.set("Cache-Control", caching);
  response.headers.set("Access-Control-Allow-Origin", "*");
  return response;
}

}  // namespace

Task<Result<http::Response>> show_checkpoint(const Parts& parts, Call&) {
  auto document = read_file(parts.log_directory / "checkpoint");
  if (!document) co_return fail(Code::ResourceNotFound, "There is no checkpoint yet; the first seal is due.");
  co_return public_answer("text/plain; charset=utf-8", "no-cache", std::move(*document));
}

Task<Result<http::Response>> show_tile(const Parts& parts, Call& call) {
  auto path = "tile/" + call.capture("path");
  auto tile = tlog::parse_tile_path(path);
  if (!tile) co_return fail(Code::ResourceNotFound, "This is not the path of a tile or of an entry bundle.");
  auto bytes = read_file(parts.log_directory / path);
  if (!bytes && bytes.error().code == Code::ResourceNotFound)
    co_return fail(
        Code::ResourceNotFound,
        "The log has no such file: it is not that large, or has grown since and keeps the full tile.");
  co_return public_answer("application/octet-stream", "public, max-age=31536000, immutable",
                          CO_TRY(std::move(bytes)));
}

Task<Result<http::Response>> show_log_key(const Parts& parts, Call&) {
  co_return public_answer("text/plain; charset=utf-8", "no-cache", parts.log.text() + "\n");
}

}  // namespace vitrine::platform
