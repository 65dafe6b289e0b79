#include "worker/protocol/memory_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vitrine::worker {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Mapping::~Mapping() {
  if (!view_.empty()) ::munmap(const_cast<std::uint8_t*>(view_.data()), view_.size());
}

Result<Mapping> Mapping::of(const Descriptor& file, std::uint64_t size) {
  Mapping out;
  if (size == 0) return out;
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (start == MAP_FAILED)
    return fail(Code::Unavailable, fmt::format("{} bytes cannot be mapped: {}.", size, std::strerror(errno)));
  out.view_ = {static_cast<const std::uint8_t*>(start), size};
  return out;
}

Result<MemoryFile> MemoryFile::create() {
  Descriptor file(::memfd_create("vitrine", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file)
    return fail(
        Code::Unavailable,
        fmt::format("No memory file can be made: {}. Raise the limit of open files.", std::strerror(errno)));
  return MemoryFile(std::move(file));
}

Result<void> MemoryFile::append(ConstBytes bytes) {
  while (!bytes.empty()) {
    auto written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      return fail(Code::InsufficientStorage,
                  fmt::format("A memory file cannot grow: {}.", std::strerror(errno)));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> MemoryFile::seal() {
  if (::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return {};
  return fail(Code::Corrupt, fmt::format("A memory file cannot be sealed: {}.", std::strerror(errno)));
}

Result<Mapping> MemoryFile::map() const {
  return Mapping::of(file_, TRY(size()));
}

Result<std::uint64_t> MemoryFile::size() const {
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0)
    return fail(Code::DeviceFailed,
                fmt::format("A memory file's size is unknown: {}.", std::strerror(errno)));
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace vitrine::worker
