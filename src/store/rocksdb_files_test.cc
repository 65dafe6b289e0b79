#include "store/rocksdb_files.h"

#include <gtest/gtest.h>

#include "store/memory_disk.h"

namespace vitrine::store {
namespace {

TEST(RocksdbFiles, AReadThatEndsEarlyIsNotTakenForTheEndOfTheFile) {
  constexpr std::size_t kSize = 10'000;
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_directory("/disk"));
  ASSERT_TRUE(disk.create("/disk/1.sst").value()->write_at(0, Bytes(kSize, 'x')));
  const auto env = make_env(disk, "/disk");
  std::unique_ptr<rocksdb::RandomAccessFile> random;
  std::unique_ptr<rocksdb::SequentialFile> sequential;
  ASSERT_TRUE(env->NewRandomAccessFile("/disk/1.sst", &random, {}).ok());
  ASSERT_TRUE(env->NewSequentialFile("/disk/1.sst", &sequential, {}).ok());

  std::string room(2 * kSize, 0);
  rocksdb::Slice got;
  disk.fail_call(0, Fault::Short);
  EXPECT_TRUE(random->Read(0, 100, &got, room.data()).IsIOError());
  disk.fail_call(0, Fault::Short);
  EXPECT_TRUE(sequential->Read(100, &got, room.data()).IsIOError());

  EXPECT_TRUE(random->Read(kSize - 100, 200, &got, room.data()).ok());
  EXPECT_EQ(got.size(), 100u);
  EXPECT_TRUE(sequential->Read(2 * kSize, &got, room.data()).ok());
  EXPECT_EQ(got.size(), kSize);
}

}  // namespace
}  // namespace vitrine::store
