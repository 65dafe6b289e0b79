// Merkle trees of RFC 9162 §2.1: hashes, roots, inclusion and consistency proofs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"

namespace vitrine::tlog {

using Digest = crypto::Sha256Digest;
/// The digests of a proof, nearest the leaves first, as the RFC orders them.
using Proof = std::vector<Digest>;

/// RFC 9162 §2.1.1: the hash of an entry.
Digest leaf_hash(ConstBytes entry);
/// RFC 9162 §2.1.1: the hash of two subtrees.
Digest node_hash(const Digest& left, const Digest& right);
/// The root of the tree without leaves: SHA-256 of nothing.
const Digest& empty_root();

/// Where the hashes of complete subtrees come from: memory, tiles, a database.
class HashSource {
 public:
  virtual ~HashSource() = default;
  /// The root over the leaves [index · 2^level, (index + 1) · 2^level), all of which must exist.
  /// Level 0 are leaf hashes. Errors: those of the source.
  virtual Result<Digest> node(unsigned level, std::uint64_t index) = 0;
};

/// The root when the tree had `size` leaves; reads O(log size) nodes. The source must hold as many.
Result<Digest> root_at(HashSource& source, std::uint64_t size);

/// RFC 9162 §2.1.3.1: the path from leaf `index` to the root of the first `size` leaves; reads O(log² size)
/// nodes at most. Errors: OutOfRangeInput when index >= size, and those of the source.
Result<Proof> prove_inclusion(HashSource& source, std::uint64_t index, std::uint64_t size);

/// RFC 9162 §2.1.4.1: that the tree of `new_size` leaves begins with the tree of `old_size`. Empty when
/// old_size is 0 or new_size. Errors: OutOfRangeInput when old_size > new_size, and those of the source.
Result<Proof> prove_consistency(HashSource& source, std::uint64_t old_size, std::uint64_t new_size);

/// RFC 9162 §2.1.3.2. Errors: VerificationFailed.
Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Digest> proof, const Digest& root);

/// RFC 9162 §2.1.4.2; an old size of 0 needs the empty root and no proof. Errors: VerificationFailed.
Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                                const Digest& new_root, std::span<const Digest> proof);

/// What must be kept of a tree to append to it and to know its root: one digest per bit set in its size.
class Frontier {
 public:
  Frontier() = default;
  /// As peaks() gave them. Errors: Corrupt unless there are as many as a tree of this size has.
  static Result<Frontier> from_peaks(std::uint64_t size, std::vector<Digest> peaks);

  /// O(1) amortised: one node hash per leaf.
  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// O(log size) hashes.
  [[nodiscard]] Digest root() const;
  /// The roots of the complete subtrees that the tree is made of, the largest first.
  [[nodiscard]] const std::vector<Digest>& peaks() const { return peaks_; }
  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
};

/// A whole tree in memory, about 64 bytes a leaf: the heads tree, and small trees anywhere.
class MemoryTree final : public HashSource {
 public:
  MemoryTree() = default;
  explicit MemoryTree(std::span<const Digest> leaves);

  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  /// Errors: OutOfRangeInput when the subtree is not complete.
  Result<Digest> node(unsigned level, std::uint64_t index) override;
  [[nodiscard]] Digest root() const;

 private:
  std::vector<std::vector<Digest>> levels_;
};

}  // namespace vitrine::tlog
