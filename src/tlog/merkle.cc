#include "tlog/merkle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace vitrine::tlog {
namespace {

constexpr std::uint8_t kLeafPrefix = 0, kNodePrefix = 1;

/// The size of the left subtree of a tree with n >= 2 leaves: the largest power of two below n.
std::uint64_t left_size(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

/// Joins the roots of perfect subtrees, largest first, into the root over all of them.
Digest join_peaks(std::span<const Digest> peaks) {
  if (peaks.empty()) return empty_root();
  Digest root = peaks.back();
  for (auto i = peaks.size() - 1; i > 0; --i) root = node_hash(peaks[i - 1], root);
  return root;
}

/// MTH(D[begin : begin + count]) for the ranges that the RFC's recursions reach: `begin` is a multiple of a
/// power of two not below `count`.
Result<Digest> range_root(HashSource& source, std::uint64_t begin, std::uint64_t count) {
  std::vector<Digest> peaks;
  while (count > 0) {
    auto level = static_cast<unsigned>(std::bit_width(count) - 1);
    peaks.push_back(TRY(source.node(level, begin >> level)));
    begin += std::uint64_t{1} << level;
    count -= std::uint64_t{1} << level;
  }
  return join_peaks(peaks);
}

std::unexpected<Error> not_verified(std::string why) {
  return fail(Code::VerificationFailed, std::move(why));
}

}  // namespace

Digest leaf_hash(ConstBytes entry) {
  Bytes input;
  input.reserve(entry.size() + 1);
  input.push_back(kLeafPrefix);
  append(input, entry);
  return crypto::sha256(input);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 1 + 2 * std::tuple_size_v<Digest>> input;
  input[0] = kNodePrefix;
  auto* after_left = std::ranges::copy(left, input.begin() + 1).out;
  std::ranges::copy(right, after_left);
  return crypto::sha256(input);
}

const Digest& empty_root() {
  static const Digest root = crypto::sha256({});
  return root;
}

Result<Digest> root_at(HashSource& source, std::uint64_t size) {
  return range_root(source, 0, size);
}

Result<Proof> prove_inclusion(HashSource& source, std::uint64_t index, std::uint64_t size) {
  if (index >= size)
    return fail(Code::OutOfRangeInput, fmt::format("A tree of {} leaves has no leaf {}.", size, index));
  Proof proof;
  for (std::uint64_t begin = 0; size > 1;) {
    auto left = left_size(size);
    if (index < left) {
      proof.push_back(TRY(range_root(source, begin + left, size - left)));
      size = left;
    } else {
      proof.push_back(TRY(range_root(source, begin, left)));
      begin += left, index -= left, size -= left;
    }
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<Proof> prove_consistency(HashSource& source, std::uint64_t old_size, std::uint64_t new_size) {
  if (old_size > new_size)
    return fail(Code::OutOfRangeInput,
                fmt::format("A tree of {} leaves cannot grow to {}.", old_size, new_size));
  Proof proof;
  if (old_size == 0) return proof;
  std::uint64_t begin = 0;
  bool old_root_is_known = true;  // until a step to the right, the subtree is a prefix of the old tree
  while (old_size < new_size) {
    auto left = left_size(new_size);
    if (old_size <= left) {
      proof.push_back(TRY(range_root(source, begin + left, new_size - left)));
      new_size = left;
    } else {
      proof.push_back(TRY(range_root(source, begin, left)));
      begin += left, old_size -= left, new_size -= left;
      old_root_is_known = false;
    }
  }
  if (!old_root_is_known) proof.push_back(TRY(range_root(source, begin, new_size)));
  std::ranges::reverse(proof);
  return proof;
}

Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return not_verified(fmt::format("A tree of {} leaves has no leaf {}.", size, index));
  auto at = index, last = size - 1;
  Digest hash = leaf;
  for (const auto& sibling : proof) {
    if (last == 0) return not_verified("The path is longer than the tree is high.");
    if (at % 2 == 1 || at == last) {
      hash = node_hash(sibling, hash);
      while (at % 2 == 0 && at != 0) at >>= 1, last >>= 1;
    } else {
      hash = node_hash(hash, sibling);
    }
    at >>= 1, last >>= 1;
  }
  if (last != 0) return not_verified("The path is shorter than the tree is high.");
  if (hash != root) return not_verified("The path does not lead to the root.");
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                                const Digest& new_root, std::span<const Digest> proof) {
  if (old_size > new_size) return not_verified("The newer tree is smaller than the older one.");
  if (old_size == 0 || old_size == new_size) {
    const auto& expected = old_size == 0 ? empty_root() : new_root;
    if (!proof.empty()) return not_verified("The proof should be empty.");
    if (old_root != expected) return not_verified("The older root is another one.");
    return {};
  }
  if (proof.empty()) return not_verified("The proof is empty.");
  auto at = old_size - 1, last = new_size - 1;
  while (at % 2 == 1) at >>= 1, last >>= 1;
  Digest old_hash = at == 0 ? old_root : proof.front(), new_hash = old_hash;
  for (const auto& sibling : at == 0 ? proof : proof.subspan(1)) {
    if (last == 0) return not_verified("The proof is longer than the tree is high.");
    if (at % 2 == 1 || at == last) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
      while (at % 2 == 0 && at != 0) at >>= 1, last >>= 1;
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    at >>= 1, last >>= 1;
  }
  if (last != 0) return not_verified("The proof is shorter than the tree is high.");
  if (old_hash != old_root) return not_verified("The proof does not lead to the older root.");
  if (new_hash != new_root) return not_verified("The proof does not lead to the newer root.");
  return {};
}

Result<Frontier> Frontier::from_peaks(std::uint64_t size, std::vector<Digest> peaks) {
  if (peaks.size() != static_cast<std::size_t>(std::popcount(size)))
    return fail(Code::Corrupt, fmt::format("A tree of {} leaves has not {} peaks.", size, peaks.size()));
  Frontier frontier;
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

void Frontier::append(const Digest& leaf) {
  Digest hash = leaf;
  for (auto carry = size_; carry % 2 == 1; carry >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest Frontier::root() const {
  return join_peaks(peaks_);
}

MemoryTree::MemoryTree(std::span<const Digest> leaves) {
  for (const auto& leaf : leaves) append(leaf);
}

void MemoryTree::append(const Digest& leaf) {
  Digest hash = leaf;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    auto& row = levels_[level];
    row.push_back(hash);
    if (row.size() % 2 == 1) return;
    hash = node_hash(row[row.size() - 2], row.back());
  }
}

Result<Digest> MemoryTree::node(unsigned level, std::uint64_t index) {
  if (level < levels_.size() && index < levels_[level].size()) return levels_[level][index];
  return fail(
      Code::OutOfRangeInput,
      fmt::format("A tree of {} leaves has no complete subtree {} at level {}.", size(), index, level));
}

Digest MemoryTree::root() const {
  std::vector<Digest> peaks;
  for (auto row = levels_.rbegin(); row != levels_.rend(); ++row)
    if (row->size() % 2 == 1) peaks.push_back(row->back());
  return join_peaks(peaks);
}

}  // namespace vitrine::tlog
