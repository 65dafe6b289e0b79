#include "backup/transfer.h"

#include <fmt/format.h>

namespace vitrine::backup {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

/// Calls `take` with each piece of the file.
template <class Take>
Result<std::uint64_t> each_piece(store::FileLayer& files, const std::filesystem::path& file,
                                 Spending& spending, const Take& take) {
  auto in = TRY(Source::open(files, file));
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

Result<Source> Source::open(store::FileLayer& files, const std::filesystem::path& file) {
  if (!TRY(files.status(file))) return fail(Code::Corrupt, fmt::format("{} is missing.", file.string()));
  auto in = TRY(files.open_for_reading(file));
  const auto length = TRY(in->size());
  return Source(std::move(in), length);
}

Result<std::size_t> Source::read(MutableBytes out) {
  const auto count = TRY(file_->read_at(at_, out));
  at_ += count;
  return count;
}

Result<Sink> Sink::create(store::FileLayer& files, const std::filesystem::path& file) {
  if (TRY(files.status(file))) TRY(files.remove(file));
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

Result<Content> copy_file(store::FileLayer& from_files, const std::filesystem::path& from,
                          store::FileLayer& files, const std::filesystem::path& to, Spending& spending) {
  auto sink = TRY(Sink::create(files, to));
  TRY(each_piece(from_files, from, spending, [&](ConstBytes piece) { return sink.write(piece); }));
  return Content{TRY(sink.finish()), sink.length()};
}

Result<Content> content_of(store::FileLayer& files, const std::filesystem::path& file, Spending& spending) {
  crypto::Sha256 hasher;
  const auto length = TRY(each_piece(files, file, spending, [&](ConstBytes piece) -> Result<void> {
    hasher.update(piece);
    return {};
  }));
  return Content{hasher.finish(), length};
}

}  // namespace vitrine::backup
