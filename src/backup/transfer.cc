#include "backup/transfer.h"

#include <fmt/format.h>

namespace vitrine::backup {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

/// Calls `take` with each piece of the file.
template <class Take>
Result<std::uint64_t> each_piece(const std::filesystem::path& file, Spending& spending, const Take& take) {
  auto in = TRY(Source::open(file));
  Bytes piece(kPiece);
  std::uint64_t length = 0;
  for (;;) {
    const auto count = TRY(in.read(piece));
    if (count == 0) return length;
    TRY(take(ConstBytes(piece).first(count)));
    TRY(spending.spend(count));
    length += count;
  }
}

}  // namespace

Result<void> Spending::spend(std::uint64_t bytes) {
  if (effort_.bytes) effort_.bytes->fetch_add(bytes, std::memory_order_relaxed);
  if (pace_.spend(bytes, effort_.stop)) return {};
  return fail(Code::Cancelled, "It was ended before it was done.");
}

Result<Source> Source::open(const std::filesystem::path& file) {
  std::error_code error;
  const auto length = std::filesystem::file_size(file, error);
  if (error == std::errc::no_such_file_or_directory)
    return fail(Code::Corrupt, fmt::format("{} is missing.", file.string()));
  std::ifstream in(file, std::ios::binary);
  if (error || !in)
    return fail(Code::DeviceFailed,
                fmt::format("{} cannot be read. Check the disk and its permissions.", file.string()));
  return Source(std::move(in), file, length);
}

Result<std::size_t> Source::read(MutableBytes out) {
  in_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (in_ || in_.eof()) return static_cast<std::size_t>(in_.gcount());
  return fail(Code::DeviceFailed, fmt::format("Reading {} failed. Check the disk.", file_.string()));
}

Result<Sink> Sink::create(store::FileLayer& files, const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) TRY(files.remove(file));
  return Sink(TRY(files.create(file)));
}

Result<void> Sink::write(ConstBytes bytes) {
  hasher_.update(bytes);
  TRY(file_->write_at(length_, bytes));
  // What is written meanwhile need not wait for all of it at the end.
  file_->start_writing(length_, bytes.size());
  length_ += bytes.size();
  return {};
}

Result<crypto::Sha256Digest> Sink::finish() {
  TRY(file_->sync());
  return hasher_.finish();
}

Result<Content> copy_file(store::FileLayer& files, const std::filesystem::path& from,
                          const std::filesystem::path& to, Spending& spending) {
  auto sink = TRY(Sink::create(files, to));
  TRY(each_piece(from, spending, [&](ConstBytes piece) { return sink.write(piece); }));
  return Content{TRY(sink.finish()), sink.length()};
}

Result<Content> content_of(const std::filesystem::path& file, Spending& spending) {
  crypto::Sha256 hasher;
  const auto length = TRY(each_piece(file, spending, [&](ConstBytes piece) -> Result<void> {
    hasher.update(piece);
    return {};
  }));
  return Content{hasher.finish(), length};
}

}  // namespace vitrine::backup
