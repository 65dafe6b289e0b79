#include "tlog/merkle.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"

namespace vitrine::tlog {
namespace {

constexpr std::uint64_t kMost = 130;  // crosses 2^7, so every shape of path occurs

Digest entry_hash(std::uint64_t n) {
  return leaf_hash(as_bytes("entry " + std::to_string(n)));
}

MemoryTree tree_of(std::uint64_t size) {
  MemoryTree tree;
  for (std::uint64_t n = 0; n < size; ++n) tree.append(entry_hash(n));
  return tree;
}

void flip_bit(Digest& digest, std::size_t bit) {
  digest[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
}

TEST(Merkle, HashesOfRfc6962Tests) {
  EXPECT_EQ(to_hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(leaf_hash({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(node_hash(leaf_hash({}), leaf_hash(Bytes{0}))),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

TEST(Merkle, FrontierAndTreeAgreeOnTheRootAtEverySize) {
  Frontier frontier;
  auto tree = tree_of(kMost);
  EXPECT_EQ(frontier.root(), empty_root());
  for (std::uint64_t size = 0; size <= kMost; ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.root(), tree_of(size).root()) << size;
    EXPECT_EQ(frontier.root(), *root_at(tree, size)) << size;
    frontier.append(entry_hash(size));
  }
}

TEST(Merkle, EveryInclusionProofVerifiesAndNoChangedOneDoes) {
  auto tree = tree_of(kMost);
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    auto root = *root_at(tree, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto leaf = entry_hash(index);
      auto proof = *prove_inclusion(tree, index, size);
      ASSERT_TRUE(verify_inclusion(leaf, index, size, proof, root)) << index << " of " << size;
      if (size > 1) {
        ASSERT_FALSE(verify_inclusion(leaf, (index + 1) % size, size, proof, root))
            << index << " of " << size;
      }
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        flip_bit(changed[i], (index * 37 + i) % 256);
        ASSERT_FALSE(verify_inclusion(leaf, index, size, changed, root)) << index << " of " << size;
      }
      auto longer = proof;
      longer.push_back(leaf);
      ASSERT_FALSE(verify_inclusion(leaf, index, size, longer, root));
      if (proof.empty()) continue;
      ASSERT_FALSE(verify_inclusion(leaf, index, size, std::span(proof).first(proof.size() - 1), root));
    }
  }
}

TEST(Merkle, EveryConsistencyProofVerifiesAndNoChangedOneDoes) {
  auto tree = tree_of(kMost);
  for (std::uint64_t size = 0; size <= kMost; ++size) {
    auto root = *root_at(tree, size);
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      auto old_root = *root_at(tree, old_size);
      auto proof = *prove_consistency(tree, old_size, size);
      ASSERT_TRUE(verify_consistency(old_size, old_root, size, root, proof)) << old_size << " to " << size;
      auto other = old_root;
      flip_bit(other, (old_size * 37 + size) % 256);
      ASSERT_FALSE(verify_consistency(old_size, other, size, root, proof)) << old_size << " to " << size;
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        flip_bit(changed[i], (old_size * 37 + i) % 256);
        ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, changed))
            << old_size << " to " << size;
      }
      auto longer = proof;
      longer.push_back(root);
      ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, longer)) << old_size << " to " << size;
    }
  }
}

TEST(Merkle, EverySingleBitOfAProofCounts) {
  auto tree = tree_of(100);
  auto root = tree.root(), old_root = *root_at(tree, 37);
  auto inclusion = *prove_inclusion(tree, 36, 100);
  auto consistency = *prove_consistency(tree, 37, 100);
  for (auto* proof : {&inclusion, &consistency})
    for (auto& digest : *proof)
      for (std::size_t bit = 0; bit < 256; ++bit) {
        flip_bit(digest, bit);
        EXPECT_FALSE(proof == &inclusion ? verify_inclusion(entry_hash(36), 36, 100, *proof, root)
                                         : verify_consistency(37, old_root, 100, root, *proof));
        flip_bit(digest, bit);
      }
}

TEST(Merkle, AnInnerNodeIsNotTheRoot) {
  auto tree = tree_of(64);
  auto inclusion = *prove_inclusion(tree, 5, 32);
  EXPECT_TRUE(verify_inclusion(entry_hash(5), 5, 32, inclusion, *tree.node(5, 0)));
  EXPECT_FALSE(verify_inclusion(entry_hash(5), 5, 64, inclusion, *tree.node(5, 0)));
  auto consistency = *prove_consistency(tree, 5, 32);
  EXPECT_TRUE(verify_consistency(5, *root_at(tree, 5), 32, *tree.node(5, 0), consistency));
  EXPECT_FALSE(verify_consistency(5, *root_at(tree, 5), 64, *tree.node(5, 0), consistency));
}

TEST(Merkle, RefusesWhatDoesNotExist) {
  auto tree = tree_of(5);
  EXPECT_EQ(prove_inclusion(tree, 5, 5).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(prove_consistency(tree, 6, 5).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(root_at(tree, 6).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(tree.node(1, 2).error().code, Code::OutOfRangeInput);
  EXPECT_FALSE(verify_inclusion(entry_hash(0), 5, 5, {}, tree.root()));
  EXPECT_FALSE(verify_inclusion(entry_hash(0), 0, 0, {}, empty_root()));
}

}  // namespace
}  // namespace vitrine::tlog
