#include "blobs/collection.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "blobs/sealed.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

const ContainerId kContainer{1};
const std::string kContainerHex = "01" + std::string(30, '0');

std::string value_of(Remains remains) {
  const auto write = write_task({from_micros(0x0102), "city", std::move(remains)});
  EXPECT_TRUE(write.key.bytes.starts_with("collect/" + std::string(6, '\0') + "\x01\x02"));
  EXPECT_EQ(write.key.bytes.size(), 32u);
  return to_hex(as_bytes(*write.value));
}

// The golden bytes of docs/formats/heads.md.
TEST(Collection, TasksLieAsDocumented) {
  EXPECT_EQ(value_of(DeadContainer{kContainer}),
            "8401006463697479"
            "50" +
                kContainerHex);
  EXPECT_EQ(value_of(DeadBlockList{kContainer, {258}}),
            "8501016463697479"
            "50" +
                kContainerHex + "190102");
  EXPECT_EQ(value_of(DeadBlocks{kContainer, "a", 5, true}),
            "8701026463697479"
            "50" +
                kContainerHex + "616105f5");
  EXPECT_EQ(value_of(IdleBlocks{kContainer, "a", 5}),
            "8601036463697479"
            "50" +
                kContainerHex + "616105");
  EXPECT_EQ(value_of(DeadEnd{kContainer, EndedContent{{258}}}),
            "8501046463697479"
            "50" +
                kContainerHex + "190102");
  EXPECT_EQ(value_of(DeadEnd{kContainer, EndedLayer{{258}, 7}}),
            "8601056463697479"
            "50" +
                kContainerHex + "19010207");
  EXPECT_EQ(value_of(DeadEnd{kContainer, EndedHistory{"a", 5}}),
            "8601066463697479"
            "50" +
                kContainerHex + "616105");
  EXPECT_EQ(value_of(DeletedStates{kContainer, "a"}),
            "8501076463697479"
            "50" +
                kContainerHex + "6161");
  EXPECT_EQ(value_of(DeletedContainer{kContainer, "box", 258}),
            "8601086463697479"
            "50" +
                kContainerHex + "63626f78190102");
}

TEST(Collection, ManyDroppedBlocksAreLetGoOfByManyLists) {
  constexpr std::size_t kDropped = 150'000;
  std::vector<Block> dropped;
  for (std::size_t i = 0; i < kDropped; ++i)
    dropped.push_back({*BlockId::parse("AAAA"), {.length = 1, .digest = {}, .place = BodyNumber{i}}});
  ledger::Effect effect;
  let_go(effect, {"city", kContainer, from_micros(1)}, store::test_keys(), dropped);
  std::size_t found = 0, tasks = 0;
  for (const auto& write : effect.writes) {
    if (write.key.table != store::Table::Rows) {
      ++tasks;
      continue;
    }
    const auto list = decode_blocks(open(store::test_keys(), write.key, *write.value).value());
    ASSERT_TRUE(list) << list.error().message;
    for (const auto& block : *list) EXPECT_EQ(std::get<BodyNumber>(block.piece.place).value, found++);
  }
  EXPECT_EQ(found, kDropped);
  EXPECT_EQ(tasks, (kDropped + kLetGoTogether - 1) / kLetGoTogether);
}

TEST(Collection, TasksReadBack) {
  for (const Remains& remains :
       {Remains{DeadEnd{kContainer, EndedContent{{258}}}}, Remains{DeadEnd{kContainer, EndedLayer{{258}, 7}}},
        Remains{DeadEnd{kContainer, EndedHistory{"a", 5}}}}) {
    const auto write = write_task({from_micros(1), "city", remains});
    const auto task = decode_task(write.key.bytes, *write.value);
    ASSERT_TRUE(task);
    EXPECT_EQ(std::get<DeadEnd>(task->remains).ended, std::get<DeadEnd>(remains).ended);
  }
}

TEST(Collection, TasksOfWhatIsDeletedReadBack) {
  const auto read = [](const Remains& remains) {
    const auto write = write_task({from_micros(1), "city", remains});
    return decode_task(write.key.bytes, *write.value).value().remains;
  };
  EXPECT_EQ(std::get<DeletedStates>(read(DeletedStates{kContainer, "a"})).blob, "a");
  const auto container = std::get<DeletedContainer>(read(DeletedContainer{kContainer, "box", 258}));
  EXPECT_EQ(container.container, kContainer);
  EXPECT_EQ(container.name, "box");
  EXPECT_EQ(container.version, 258u);
}

TEST(Collection, TasksLieInTheOrderOfTheirTimes) {
  const auto early = task_key({from_micros(255), "city", DeadContainer{kContainer}}).bytes;
  const auto late = task_key({from_micros(256), "city", DeadContainer{kContainer}}).bytes;
  EXPECT_LT(early, late);
  EXPECT_LT(first_task_key(), early);
  EXPECT_LT(early, task_key_after(from_micros(255)));
  EXPECT_GT(late, task_key_after(from_micros(255)));
}

TEST(Collection, DamagedTasksAreRefused) {
  const auto write = write_task({from_micros(1), "city", IdleBlocks{kContainer, "a", 5}});
  ASSERT_TRUE(decode_task(write.key.bytes, *write.value));
  EXPECT_EQ(decode_task("collect/", *write.value).error().code, Code::Corrupt);
  for (std::size_t size = 0; size < write.value->size(); ++size)
    EXPECT_EQ(decode_task(write.key.bytes, write.value->substr(0, size)).error().code, Code::Corrupt) << size;
  auto unknown = *write.value;
  unknown[2] = 7;
  EXPECT_EQ(decode_task(write.key.bytes, unknown).error().code, Code::Corrupt);
  EXPECT_EQ(decode_task(write.key.bytes, *write.value + "x").error().code, Code::Corrupt);
}

}  // namespace
}  // namespace vitrine::blobs
