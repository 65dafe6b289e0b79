#include "worker/protocol/memory_file.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace vitrine::worker {
namespace {

TEST(MemoryFile, KeepsWhatIsAppendedAndChangesNoMoreOnceSealed) {
  auto file = MemoryFile::create();
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append(as_bytes("one ")));
  ASSERT_TRUE(file->append(as_bytes("two")));
  ASSERT_TRUE(file->seal());
  EXPECT_EQ(*file->size(), 7u);
  auto view = file->map();
  ASSERT_TRUE(view);
  EXPECT_EQ(as_text(view->bytes()), "one two");
  EXPECT_EQ(file->append(as_bytes("three")).error().code, Code::InsufficientStorage);
  EXPECT_NE(::ftruncate(file->descriptor().get(), 1), 0);
}

TEST(MemoryFile, IsNotSealedWhileSomebodyMayStillWriteIt) {
  auto file = MemoryFile::create();
  ASSERT_TRUE(file && file->append(as_bytes("text")));
  void* mapped = ::mmap(nullptr, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor().get(), 0);
  ASSERT_NE(mapped, MAP_FAILED);
  EXPECT_EQ(file->seal().error().code, Code::Corrupt);
  ::munmap(mapped, 4);
  EXPECT_TRUE(file->seal());
}

TEST(MemoryFile, AnEmptyOneMapsToNothing) {
  auto file = MemoryFile::create();
  ASSERT_TRUE(file && file->seal());
  EXPECT_TRUE(file->map()->bytes().empty());
}

}  // namespace
}  // namespace vitrine::worker
