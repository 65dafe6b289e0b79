// No path convinces of a leaf that the tree has not, and no proof of a past that it had not. The proof's
// hashes are taken from the tree where the input names one, so that deep checks are reached.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <tuple>

#include "tlog/merkle.h"

namespace {

using namespace vitrine::tlog;

constexpr std::uint64_t kMost = 21;

/// A tree, and every node of it as an alphabet to make proofs of.
struct Tree {
  MemoryTree tree;
  std::vector<Digest> nodes;
  std::array<Digest, kMost + 1> roots;

  Tree() {
    for (std::uint64_t size = 0; size <= kMost; ++size) {
      roots[size] = tree.root();
      nodes.push_back(roots[size]);
      auto entry = "entry " + std::to_string(size);
      if (size < kMost) tree.append(leaf_hash(vitrine::as_bytes(entry)));
    }
    for (unsigned level = 0; (kMost >> level) > 0; ++level)
      for (std::uint64_t index = 0; index < kMost >> level; ++index)
        nodes.push_back(*tree.node(level, index));
  }
};

/// What is left of the input, byte by byte; zeros behind its end.
struct Input {
  vitrine::ConstBytes left;

  std::uint8_t next() {
    if (left.empty()) return 0;
    auto byte = left.front();
    left = left.subspan(1);
    return byte;
  }

  /// A node of the tree, or for a byte beyond the last one 32 bytes of the input.
  Digest hash(const Tree& known) {
    auto byte = next();
    if (byte < known.nodes.size()) return known.nodes[byte];
    Digest out;
    std::ranges::generate(out, [this] { return next(); });
    return out;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Tree known;
  Input input{{data, size}};
  auto is_inclusion = input.next() % 2 == 0;
  auto of = 1 + input.next() % kMost;
  // Mostly a claim about this tree, now and then about one of any size.
  std::uint64_t first = input.next();
  if (first == 0xff) first = ~std::uint64_t{0} - input.next();
  auto claimed = input.hash(known);
  Proof proof(input.next() % 70);
  std::ranges::generate(proof, [&] { return input.hash(known); });

  if (is_inclusion) {
    if (verify_inclusion(claimed, first, of, proof, known.roots[of]) && claimed != *known.tree.node(0, first))
      std::abort();
    std::ignore = verify_inclusion(claimed, first, ~first, proof, known.roots[of]);
  } else {
    if (verify_consistency(first, claimed, of, known.roots[of], proof) && claimed != known.roots[first])
      std::abort();
    std::ignore = verify_consistency(of, known.roots[of], first, claimed, proof);
  }
  return 0;
}
