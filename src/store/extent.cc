#include "store/extent.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

namespace vitrine::store {
namespace {

constexpr std::string_view kMagic = "vitrine extent 1";
constexpr std::uint64_t kAllocationStep = 64 << 20;

Bytes header_of(std::uint64_t number) {
  Bytes header = to_bytes(as_bytes(kMagic));
  append_be64(header, number);
  header.resize(Extent::kHeaderBytes);
  return header;
}

}  // namespace

Result<std::shared_ptr<Extent>> Extent::create(FileLayer& files, const std::filesystem::path& path,
                                               std::uint64_t number) {
  auto file = TRY(files.create(path));
  auto prepare = [&]() -> Result<void> {
    TRY(file->write_at(0, header_of(number)));
    TRY(file->sync());
    return files.sync_directory(path.parent_path());
  };
  if (auto prepared = prepare(); !prepared) {
    // Its remains are empty, and opening the store removes empty extents: a second failure changes nothing.
    (void)files.remove(path);
    return std::unexpected(std::move(prepared).error());
  }
  return std::make_shared<Extent>(std::move(file), path, number);
}

Result<std::shared_ptr<Extent>> Extent::open(FileLayer& files, const std::filesystem::path& path,
                                             std::uint64_t number) {
  auto file = TRY(files.open_for_reading(path));
  Bytes header(kHeaderBytes);
  if (TRY(file->read_at(0, header)) != header.size() || header != header_of(number))
    return fail(Code::Corrupt,
                fmt::format("{} is not extent {}: restore it from a backup.", path.string(), number));
  return std::make_shared<Extent>(std::move(file), path, number);
}

Result<void> Extent::allocate_through(std::uint64_t end, std::uint64_t ahead) {
  std::lock_guard lock(allocation_mutex_);
  if (end <= allocated_) return {};
  const auto step = std::max(end, allocated_ + std::min(kAllocationStep, ahead));
  if (file_->allocate(allocated_, step - allocated_)) {
    allocated_ = step;
    return {};
  }
  // A nearly full disk may still hold what is needed.
  TRY(file_->allocate(allocated_, end - allocated_));
  allocated_ = end;
  return {};
}

std::uint64_t Extent::allocated() const {
  std::lock_guard lock(allocation_mutex_);
  return allocated_;
}

Result<void> Extent::write_at(std::uint64_t offset, ConstBytes bytes) {
  TRY(file_->write_at(offset, bytes));
  file_->start_writing(offset, bytes.size());
  return {};
}

Result<void> Extent::sync() {
  std::promise<Result<void>> done;
  auto result = done.get_future();
  sync([done = std::move(done)](Result<void> synced) mutable { done.set_value(std::move(synced)); });
  return result.get();
}

void Extent::sync(std::move_only_function<void(Result<void>)> done) {
  std::unique_lock lock(sync_mutex_);
  waiting_.push_back(std::move(done));
  if (syncing_) return;
  syncing_ = true;
  while (!waiting_.empty()) {
    auto served = std::exchange(waiting_, {});
    lock.unlock();
    Result<void> result =
        failed_ ? fail(Code::DeviceFailed, "An earlier sync of this extent failed.") : file_->sync();
    if (!result) failed_ = true;
    for (auto& each : served) each(result);
    lock.lock();
  }
  syncing_ = false;
}

Result<void> Extent::trim(std::uint64_t size) {
  std::lock_guard lock(allocation_mutex_);
  TRY(file_->truncate(size));
  allocated_ = size;
  return {};
}

}  // namespace vitrine::store
