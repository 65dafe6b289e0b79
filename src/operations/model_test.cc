// Random operations on the engine and on plain maps: both answer alike, also after power cuts, and nothing
// that was deleted stays behind. VITRINE_MODEL_OPERATIONS says how many, VITRINE_SEED repeats a run,
// VITRINE_SHRINK=1 looks for the fewest steps that fail, which takes long.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <random>

#include "operations/model_run.h"

namespace vitrine::operations {
namespace {

#if __has_feature(thread_sanitizer)
constexpr int kOperations = 2'000;
#else
constexpr int kOperations = 20'000;
#endif
constexpr int kStepsInRun = 1'000;

rc::Gen<ModelStep> step() {
  using Kind = ModelStep::Kind;
  auto kind = rc::gen::weightedElement<Kind>(
      {{8, Kind::PutWhole},     {8, Kind::PutBlocks},   {6, Kind::MakeAppended}, {40, Kind::Append},
       {12, Kind::MakePages},   {96, Kind::WritePages}, {48, Kind::ClearPages},  {12, Kind::Resize},
       {48, Kind::Snapshot},    {6, Kind::Delete},      {3, Kind::DeleteAll},    {32, Kind::EndPast},
       {48, Kind::Read},        {32, Kind::HoldRead},   {32, Kind::Ranges},      {40, Kind::Differences},
       {24, Kind::List},        {96, Kind::Collect},    {16, Kind::Merge},       {12, Kind::Compact},
       {2, Kind::NewContainer}, {4, Kind::CutPower}});
  return rc::gen::build<ModelStep>(
      rc::gen::set(&ModelStep::kind, rc::gen::cast<std::uint8_t>(kind)),
      rc::gen::set(&ModelStep::name, rc::gen::inRange<std::uint8_t>(0, ModelStep::kBlobs.size())),
      rc::gen::set(&ModelStep::a, rc::gen::inRange<std::uint16_t>(0, 64)),
      rc::gen::set(&ModelStep::b, rc::gen::inRange<std::uint16_t>(0, 64)),
      rc::gen::set(&ModelStep::keep_version, rc::gen::weightedElement<bool>({{3, false}, {1, true}})));
}

/// Another one each time, unless VITRINE_SEED repeats a run.
int chosen_seed() {
  const char* text = std::getenv("VITRINE_SEED");
  return text ? std::atoi(text) : static_cast<int>(std::random_device{}() % 1'000'000);
}

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

TEST(Model, TheEngineAnswersAsPlainMapsWould) {
  auto seed = chosen_seed();
  auto runs = std::max(1, number_from("VITRINE_MODEL_OPERATIONS", kOperations) / kStepsInRun);
  setenv(
      "RC_PARAMS",
      fmt::format("seed={} max_success={} noshrink={:d}", seed, runs, number_from("VITRINE_SHRINK", 0) == 0)
          .c_str(),
      1);
  std::size_t done = 0;
  EXPECT_TRUE(rc::check([&] {
    auto steps =
        *rc::gen::resize(rc::kNominalSize, rc::gen::container<std::vector<ModelStep>>(kStepsInRun, step()));
    ModelRun run;
    for (const auto& each : steps) {
      ++done;
      if (!run.apply(each)) RC_FAIL(run.error());
    }
    if (!run.finish()) RC_FAIL(run.error());
  })) << "VITRINE_SEED="
      << seed << " repeats this";
  std::cout << "seed " << seed << ": " << done << " operations\n";
}

/// A page blob of an inline body and a segment is read while a change takes them away.
TEST(Model, AReadOfPagesEndsWithWhatItBeganWith) {
  using Kind = ModelStep::Kind;
  const std::vector<std::vector<ModelStep>> changes = {
      {{.kind = Kind::WritePages, .a = 0, .b = 11}},
      {{.kind = Kind::ClearPages, .a = 0, .b = 7}},
      {{.kind = Kind::Resize, .a = 0}},
      {{.kind = Kind::Merge, .a = 0}},
      {{.kind = Kind::PutWhole, .a = 5}},
      {{.kind = Kind::DeleteAll}},
      {{.kind = Kind::Snapshot},
       {.kind = Kind::WritePages, .a = 0, .b = 11},
       {.kind = Kind::EndPast, .a = 0},
       {.kind = Kind::Collect}},
      {{.kind = Kind::NewContainer}},
  };
  for (const auto& change : changes) {
    ModelRun run;
    std::vector<ModelStep> steps = {{.kind = Kind::MakePages, .a = 15},
                                    {.kind = Kind::WritePages, .a = 0, .b = 1},
                                    {.kind = Kind::WritePages, .a = 2, .b = 5},
                                    {.kind = Kind::HoldRead, .a = 0}};
    steps.insert(steps.end(), change.begin(), change.end());
    for (const auto& step : steps) EXPECT_TRUE(run.apply(step)) << step << ": " << run.error();
    EXPECT_TRUE(run.finish()) << change.front() << ": " << run.error();
  }
}

/// More rows than one look takes, of two bodies in turn, with a page of zeros before every seventh.
TEST(Model, ManyPagesAreReadAPartAtATime) {
  constexpr std::uint64_t kRows = blobs::kMostRowsAtOnce + 50;
  ModelWorld engine;
  const blobs::ContainerId container{1};
  const std::array texts = {std::string(512, 'a') + std::string(512, 'b'),
                            std::string(512, 'c') + std::string(512, 'd')};
  const std::array bodies = {engine.receive(container, texts[0]), engine.receive(container, texts[1])};
  blobs::BlobHead head;
  ASSERT_TRUE(blobs::make_pages(head, kRows * 1024));
  blobs::ContentChange change;
  for (const auto& body : bodies) body.adopt_into(change.adopts, change.writes, container, *engine.keys());
  std::string expected;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    if (i % 7 == 0) expected += std::string(512, '\0');
    const blobs::PageRow row{.pages = {expected.size(), expected.size() + 512},
                             .piece = bodies.at(i % 2).piece,
                             .from = i % 3 == 0 ? 512u : 0u};
    const auto key = blobs::page_key(container, *blobs::content_number(head), blobs::kNow, row.pages.end);
    change.writes.push_back(blobs::seal(*engine.keys(), key, blobs::encode_page_row(row)));
    expected += texts.at(i % 2).substr(row.from, 512);
  }
  head.size = expected.size();
  ASSERT_TRUE(engine.commit(container, std::move(change)));
  EXPECT_EQ(engine.read(container, head, false, {0, head.size}), expected);
  EXPECT_EQ(engine.read(container, head, false, {100, head.size - 200}),
            expected.substr(100, head.size - 200));
}

/// Each of two ends sees the other state: together they would leave the content behind.
TEST(Model, EndsOfTwoPastStatesDoNotMissEachOther) {
  ModelWorld engine;
  const blobs::ContainerId container{1};
  auto found = engine.find(container, "a");
  found.state.head.emplace();
  blobs::make_appended(*found.state.head);
  ASSERT_TRUE(engine.commit(container, found, {}));
  std::vector<blobs::PastId> states;
  for (int i = 0; i < 2; ++i) {
    found = engine.find(container, "a");
    auto kept = blobs::take_snapshot(engine.view(container, found), system_clock().now());
    states.push_back(kept.past);
    ASSERT_TRUE(engine.commit(container, found, std::move(kept.change)));
  }
  found = engine.find(container, "a");
  std::vector<blobs::ContentChange> ends;
  for (const auto& state : states) {
    auto name = engine.view(container, found);
    ends.push_back(blobs::end_past(name, state, blobs::look_up_past(name, state).value()).value());
    // Only what tells of the content's other holders.
    std::erase_if(ends.back().untouched,
                  [](const auto& each) { return each.name.table != store::Table::Rows; });
  }
  EXPECT_TRUE(engine.commit(container, std::move(ends[0])));
  auto second = engine.commit(container, std::move(ends[1]));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::StateChanged);
}

}  // namespace
}  // namespace vitrine::operations
