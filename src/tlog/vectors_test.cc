// What Go's golang.org/x/mod/sumdb makes of the same trees, paths and notes; printed by
// tests/evidence/interop (`go run . vectors`).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/encoding.h"
#include "tlog/checkpoint.h"
#include "tlog/tiles.h"

namespace vitrine::tlog {
namespace {

/// The rest of each line that begins with the word.
std::vector<std::string> vectors(const std::string& word) {
  std::ifstream file("src/tlog/testdata/go_sumdb.txt");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(word + " ")) rows.push_back(line.substr(word.size() + 1));
  return rows;
}

MemoryTree tree_of_entries() {
  MemoryTree tree;
  for (int n = 0; n < 300; ++n) tree.append(leaf_hash(as_bytes("entry " + std::to_string(n))));
  return tree;
}

std::string joined(const Proof& proof) {
  std::string text;
  for (const auto& digest : proof) text += (text.empty() ? "" : ",") + to_hex(digest);
  return text.empty() ? "-" : text;
}

TEST(GoVectors, Roots) {
  auto tree = tree_of_entries();
  auto rows = vectors("root");
  ASSERT_EQ(rows.size(), 300u);
  for (const auto& row : rows) {
    std::istringstream in(row);
    std::uint64_t size = 0;
    std::string root;
    in >> size >> root;
    EXPECT_EQ(to_hex(*root_at(tree, size)), root) << size;
  }
}

TEST(GoVectors, Proofs) {
  auto tree = tree_of_entries();
  for (std::string word : {"inclusion", "consistency"}) {
    auto rows = vectors(word);
    ASSERT_GT(rows.size(), 40u);
    for (const auto& row : rows) {
      std::istringstream in(row);
      std::uint64_t first = 0, second = 0;
      std::string proof;
      in >> first >> second >> proof;
      EXPECT_EQ(joined(word == "inclusion" ? *prove_inclusion(tree, second, first)
                                           : *prove_consistency(tree, first, second)),
                proof)
          << word << ' ' << row;
    }
  }
}

TEST(GoVectors, Paths) {
  auto rows = vectors("path");
  ASSERT_EQ(rows.size(), 5u);
  for (const auto& row : rows) {
    std::istringstream in(row);
    int level = 0;
    std::uint64_t index = 0;
    unsigned width = 0;
    std::string expected;
    in >> level >> index >> width >> expected;
    EXPECT_EQ(
        level < 0 ? path(BundleId{index, width}) : path(TileId{static_cast<unsigned>(level), index, width}),
        expected);
  }
}

TEST(GoVectors, SignedNote) {
  crypto::Ed25519Seed seed;
  std::ranges::copy(*from_hex(vectors("seed").at(0)), seed.begin());
  auto signing_key = crypto::SigningKey::from_seed(seed);
  auto key = *NoteKey::make("log.example/vitrine", signing_key.public_key());
  EXPECT_EQ(key.text(), vectors("vkey").at(0));

  auto document = *from_base64(vectors("note").at(0));
  EXPECT_EQ(*sign_checkpoint({key.name(), 0, empty_root(), {}}, key, signing_key), as_text(document));
  EXPECT_EQ(open_checkpoint(as_text(document), key)->root, empty_root());
}

}  // namespace
}  // namespace vitrine::tlog
