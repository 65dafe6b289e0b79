// RocksDB's log format: blocks of 32 KiB, in each records of crc32c (4 bytes, masked), length (2), type (1)
// and payload. No record crosses a block; a batch that does is cut into a first, middle and last fragment. A
// batch begins with its sequence number (8). All integers are little-endian.
#include "store/log_check.h"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 32 << 10;
constexpr std::size_t kHeader = 7;
constexpr std::size_t kType = 6;
constexpr std::size_t kSequence = 8;
enum Type : std::uint8_t { Full = 1, First = 2, Middle = 3, Last = 4 };
/// Of records in files that are used again, which this store's are not.
constexpr std::uint8_t kFirstOfReused = 5, kLastOfReused = 8;

std::uint32_t masked(std::uint32_t crc) {
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

/// One block, and what can be said of the bytes from an offset on. Offsets are at most size() - kHeader.
class Block {
 public:
  explicit Block(ConstBytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool has_header(std::size_t at) const { return at + kHeader <= bytes_.size(); }
  [[nodiscard]] std::uint8_t type(std::size_t at) const { return bytes_[at + kType]; }
  [[nodiscard]] ConstBytes payload(std::size_t at) const { return bytes_.subspan(at + kHeader, length(at)); }
  /// Where the record ends, if its length is right.
  [[nodiscard]] std::size_t end(std::size_t at) const { return at + kHeader + length(at); }
  /// Whether a writer could have written this header.
  [[nodiscard]] bool is_plausible(std::size_t at) const {
    return type(at) >= Full && type(at) <= Last && end(at) <= kBlock;
  }
  [[nodiscard]] bool is_valid(std::size_t at) const {
    if (end(at) > bytes_.size()) return false;
    return masked(crypto::crc32c(bytes_.subspan(at + kType, 1 + length(at)))) == checksum(at);
  }

  /// The next valid record behind the one at `at`, which is not. If the length is what was damaged, the
  /// checksum still tells the right one. Only where there is no header is every offset tried: a stored body
  /// may look like records.
  [[nodiscard]] std::size_t next(std::size_t at) const {
    if (auto whole = end_by_checksum(at)) return *whole;
    if (is_plausible(at)) return end(at);
    for (auto next = at + 1; has_header(next); ++next)
      if (is_plausible(next) && is_valid(next)) return next;
    return bytes_.size();
  }

 private:
  [[nodiscard]] std::size_t length(std::size_t at) const {
    return boost::endian::load_little_u16(bytes_.data() + at + 4);
  }
  [[nodiscard]] std::uint32_t checksum(std::size_t at) const {
    return boost::endian::load_little_u32(bytes_.data() + at);
  }
  [[nodiscard]] std::optional<std::size_t> end_by_checksum(std::size_t at) const {
    std::uint32_t crc = 0;
    for (auto end = at + kType; end < bytes_.size(); ++end) {
      crc = crypto::crc32c(bytes_.subspan(end, 1), crc);
      if (masked(crc) == checksum(at)) return end + 1;
    }
    return std::nullopt;
  }

  ConstBytes bytes_;
};

/// Follows the records of all files in their order.
class Check {
 public:
  void block(const fs::path& file, Block block) {
    for (std::size_t at = 0; block.has_header(at);) {
      if (block.is_valid(at)) {
        record(file, block.type(at), block.payload(at));
        at = block.end(at);
      } else {
        damaged(file);
        passed_over_ |= block.type(at) >= kFirstOfReused && block.type(at) <= kLastOfReused;
        at = block.next(at);
      }
    }
  }

  /// The end of a file in the middle of a batch is damage, if another file follows.
  void end(const fs::path& file) {
    if (in_batch_) damaged(file);
  }

  [[nodiscard]] const std::optional<BatchBehindDamage>& found() const { return found_; }

 private:
  void damaged(const fs::path& file) {
    if (damaged_.empty()) damaged_ = file;
    in_batch_ = false;
  }

  void record(const fs::path& file, std::uint8_t type, ConstBytes payload) {
    if (type == Full || type == First) {
      if (in_batch_) damaged(file);
      if (!damaged_.empty() && payload.size() >= kSequence) batch_behind_damage(payload);
    }
    in_batch_ = type == First || (type == Middle && in_batch_);
  }

  void batch_behind_damage(ConstBytes batch) {
    std::uint64_t sequence = boost::endian::load_little_u64(batch.data());
    found_ = {damaged_, std::max(sequence, found_ ? found_->sequence : 0), passed_over_};
  }

  fs::path damaged_;
  bool in_batch_ = false;
  bool passed_over_ = false;
  std::optional<BatchBehindDamage> found_;
};

Result<std::vector<fs::path>> log_files(FileLayer& files, const fs::path& directory) {
  std::vector<fs::path> logs;
  if (!TRY(files.status(directory))) return logs;
  for (const auto& name : TRY(files.list(directory)))
    if (fs::path(name).extension() == ".log") logs.push_back(directory / name);
  // Their names are numbers of six digits or more.
  std::ranges::sort(logs, {}, [](const fs::path& file) {
    auto name = file.filename().string();
    return std::pair(name.size(), name);
  });
  return logs;
}

/// Calls `each` with every block of a file until it says that it has seen enough.
template <class Each>
Result<void> each_block(FileLayer& files, const fs::path& path, const Each& each) {
  const auto file = TRY(files.open(path));
  Bytes buffer(kBlock);
  for (std::uint64_t at = 0;; at += kBlock) {
    const auto got = TRY(file->read_at(at, buffer));
    if (!each(Block(ConstBytes(buffer).first(got))) || got < kBlock) return {};
  }
}

Result<void> check_file(FileLayer& files, const fs::path& path, Check& check) {
  TRY(each_block(files, path, [&](Block block) {
    check.block(path, block);
    return true;
  }));
  check.end(path);
  return {};
}

/// Follows the records of one file up to the first that is damaged.
class Front {
 public:
  bool block(Block block) {
    std::size_t at = 0;
    while (block.has_header(at)) {
      if (!block.is_valid(at) || !follows(block.type(at))) return false;
      at = block.end(at);
      if (is_whole_) length_ = begin_ + at;
    }
    begin_ += kBlock;
    return true;
  }

  [[nodiscard]] std::uint64_t length() const { return length_; }

 private:
  bool follows(std::uint8_t type) {
    const bool begins = type == Full || type == First;
    if (begins != is_whole_ || type < Full || type > Last) return false;
    is_whole_ = type == Full || type == Last;
    return true;
  }

  std::uint64_t begin_ = 0, length_ = 0;
  bool is_whole_ = true;
};

}  // namespace

Result<std::optional<BatchBehindDamage>> find_batch_behind_damage(FileLayer& files,
                                                                  const fs::path& directory) {
  Check check;
  for (const auto& file : TRY(log_files(files, directory))) TRY(check_file(files, file, check));
  return check.found();
}

Result<std::uint64_t> intact_length(FileLayer& files, const fs::path& path) {
  Front front;
  TRY(each_block(files, path, [&](Block block) { return front.block(block); }));
  return front.length();
}

}  // namespace vitrine::store
