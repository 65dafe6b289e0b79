#include "tlog/tile_tree.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace vitrine::tlog {
namespace {

class TilesInMemory final : public TileStore {
 public:
  Result<Bytes> read(const TileId& tile) override {
    auto found = tiles_.find(tile);
    if (found == tiles_.end()) return fail(Code::ResourceNotFound, path(tile) + " is missing.");
    return found->second;
  }
  void write(std::vector<TileWrite> writes) {
    for (auto& write : writes) tiles_[write.id] = std::move(write.bytes);
  }
  [[nodiscard]] std::size_t count() const { return tiles_.size(); }
  void erase(const TileId& tile) { tiles_.erase(tile); }

 private:
  std::map<TileId, Bytes> tiles_;
};

Digest entry_hash(std::uint64_t n) {
  return leaf_hash(as_bytes("entry " + std::to_string(n)));
}

std::vector<Digest> entry_hashes(std::uint64_t from, std::uint64_t to) {
  std::vector<Digest> hashes;
  for (; from < to; ++from) hashes.push_back(entry_hash(from));
  return hashes;
}

/// Grows to each size in turn, reopening in between, and compares with the tree in memory.
void grow_through(const std::vector<std::uint64_t>& sizes) {
  TilesInMemory store;
  MemoryTree expected;
  for (std::uint64_t from = 0; auto to : sizes) {
    auto tree = TileTree::open(store, from);
    ASSERT_TRUE(tree) << from;
    auto writes = tree->append(entry_hashes(from, to));
    auto planned = tiles_of_growth(from, to);
    ASSERT_EQ(writes.size(), planned.size()) << from << " to " << to;
    for (std::size_t i = 0; i < planned.size(); ++i) {
      EXPECT_EQ(writes[i].id, planned[i]);
      EXPECT_EQ(writes[i].bytes.size(), planned[i].width * 32u);
    }
    store.write(std::move(writes));
    for (; from < to; ++from) expected.append(entry_hash(from));
    EXPECT_EQ(tree->size(), to);
    EXPECT_EQ(*tree->root(), expected.root()) << to;
    EXPECT_EQ(*TileTree::open(store, to)->root(), expected.root()) << to;
  }
}

TEST(TileTree, AgreesWithTheTreeInMemoryAroundBoundaries) {
  grow_through({1, 2, 255, 256, 257, 511, 512, 513, 700});
  grow_through({257, 1000});
  grow_through({65535, 65536, 65537, 65793});
}

TEST(TileTree, ProvesInclusionAndConsistencyAtAnySize) {
  TilesInMemory store;
  auto tree = *TileTree::open(store, 0);
  store.write(tree.append(entry_hashes(0, 70000)));
  auto reopened = *TileTree::open(store, 70000);
  for (std::uint64_t size : {1u, 255u, 256u, 257u, 4097u, 65536u, 70000u}) {
    auto root = *root_at(reopened, size);
    for (std::uint64_t index : {std::uint64_t{0}, size / 3, size - 1})
      EXPECT_TRUE(
          verify_inclusion(entry_hash(index), index, size, *prove_inclusion(reopened, index, size), root))
          << index << " of " << size;
    EXPECT_TRUE(
        verify_consistency(size, root, 70000, *reopened.root(), *prove_consistency(reopened, size, 70000)))
        << size;
  }
}

TEST(TileTree, AFailedReadIsAnErrorNotAHash) {
  TilesInMemory store;
  auto tree = *TileTree::open(store, 0);
  store.write(tree.append(entry_hashes(0, 600)));
  auto reopened = *TileTree::open(store, 600);
  store.erase({0, 0, 256});
  EXPECT_EQ(reopened.node(0, 5).error().code, Code::ResourceNotFound);
  EXPECT_TRUE(reopened.node(0, 300));
  EXPECT_EQ(reopened.node(0, 600).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(TileTree::open(store, 601).error().code, Code::ResourceNotFound);
}

}  // namespace
}  // namespace vitrine::tlog
