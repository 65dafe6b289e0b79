#include "operations/model_run.h"

#include "blobs/held_bodies.h"
#include "store/key_range.h"

namespace vitrine::operations {
ModelRun::ModelRun() {
  create_container();
}

void ModelRun::create_container() {
  auto& world = engine_.world();
  auto own = world.request(), again = world.request();
  auto box = world.container("box");
  expect(world.run(operations::create_container(*world.floors, own, {box, {}})).has_value(), "no container");
  container_ = world.run(get_container_properties(*world.floors, again, {box})).value().id;
  containers_.push_back(container_);
}

void ModelRun::expect(bool same, const std::string& what) {
  if (!same && error_.empty()) error_ = what;
}

/// Now and then the clock is put back.
Timestamp ModelRun::now() {
  ++ticks_;
  return from_micros(1'700'000'000'000'000 + static_cast<std::int64_t>(ticks_ % 50));
}

/// Never zero, and another one each time.
std::string ModelRun::text(const ModelStep& step, std::size_t size) {
  std::string out(size, '\0');
  auto seed = ++texts_ + step.b;
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(1 + (seed * 131 + i * 7 + i / 512) % 255);
  return out;
}

std::optional<ModelRun::Chosen> ModelRun::choose(const std::string& name, std::uint16_t which) {
  auto& states = reference_[name];
  auto found = engine_.find(container_, name);
  expect(found.state.head.has_value() == states.current.has_value(),
         "a blob is there or not, but not in both");
  auto at = which % (states.past.size() + 1);
  if (!error_.empty() || (at == states.past.size() && !states.current)) return std::nullopt;
  if (at == states.past.size()) return Chosen{&*states.current, *found.state.head, false};
  auto past = std::next(states.past.begin(), static_cast<std::ptrdiff_t>(at));
  auto view = blobs::look_up_past(engine_.view(container_, found), past->first);
  expect(view.has_value(), "a past state is missing");
  if (!view) return std::nullopt;
  return Chosen{&past->second, std::move(view->head), true};
}

void ModelRun::read(const ModelStep& step) {
  auto chosen = choose(step.blob(), step.a);
  if (!chosen) return;
  const auto& [expected, head, is_past] = *chosen;
  expect(head.size == expected->bytes.size(), "a size differs");
  if (!error_.empty()) return;
  blobs::ByteRange range{expected->bytes.size() * (step.b % 8) / 8, 0};
  range.length = expected->bytes.size() - range.offset;
  if (step.b > 32) range.length = range.length * 5 / 7;
  expect(engine_.read(container_, head, is_past, range) == expected->bytes.substr(range.offset, range.length),
         "bytes differ");
  if (expected->kind != ReferenceState::Kind::Pages || step.kind != ModelStep::Ranges) return;
  blobs::Interval all{0, head.size};
  auto ranges = blobs::page_ranges(*engine_.world().store, *engine_.keys(), container_, head, is_past, all);
  expect(ranges && *ranges == data_ranges(*expected), "ranges differ");
}

void ModelRun::hold_read(const ModelStep& step) {
  auto chosen = choose(step.blob(), step.a);
  if (!chosen) return;
  const auto& [expected, head, is_past] = *chosen;
  engine_.hold_read(container_, head, is_past, {0, head.size});
  check_held_read();
  held_ = expected->bytes;
}

/// Whatever came after it, it gives the bytes as of its record.
void ModelRun::check_held_read() {
  if (auto text = engine_.take_read()) expect(*text == held_, "a read does not end with what it began with");
}

void ModelRun::differences(const ModelStep& step) {
  auto before = choose(step.blob(), step.a), after = choose(step.blob(), step.b);
  if (!before || !after || !before->is_past || before->expected->kind != ReferenceState::Kind::Pages) return;
  bool comparable = before->expected->content == after->expected->content &&
                    (!after->is_past || before->expected->changes <= after->expected->changes);
  auto told = blobs::page_differences(*engine_.world().store, *engine_.keys(), container_, before->head,
                                      after->head, after->is_past, {0, after->head.size});
  expect(told.has_value() == comparable, "differences of what cannot be compared");
  if (told && comparable)
    expect(*told == operations::differences(*before->expected, *after->expected), "differences differ");
}

void ModelRun::list(const ModelStep& step) {
  ListBlobs request{.container = engine_.world().container("box"),
                    .prefix = std::array{"", "a", "b", "ba"}[step.a % 4],
                    .delimiter = step.b % 3 == 0 ? "/" : "",
                    .most = step.b % 5 + std::size_t{1},
                    .also = {.snapshots = step.a % 3 > 0, .versions = step.a % 5 > 1}};
  std::vector<std::string> lines;
  do {
    auto own = engine_.world().request();
    auto page = engine_.world().run(list_blobs(*engine_.world().floors, own, request));
    expect(page.has_value(), "no listing");
    if (!page) return;
    expect(page->items.size() <= request.most, "a page is too long");
    for (const auto& item : page->items) {
      if (auto* blob = std::get_if<ListedBlob>(&item))
        lines.push_back(blob->name + (blob->past ? "@" + blob->past->moment.text() : ""));
      else
        lines.push_back(std::get<ListedPrefix>(item).name + " …");
    }
    request.marker = page->next_marker;
  } while (!request.marker.empty());
  expect(lines == listing(reference_, request.prefix, request.delimiter, request.also), "listings differ");
}

void ModelRun::empty_container() {
  for (std::uint8_t name = 0; name < ModelStep::kBlobs.size(); ++name)
    delete_blob({.kind = ModelStep::DeleteAll, .name = name});
}

/// The new one has the same name and nothing of the old one. Several commits, so not while the power goes.
void ModelRun::replace_container() {
  if (power_will_go_) return;
  reference_.clear();
  auto& world = engine_.world();
  auto own = world.request();
  auto deleted = world.run(delete_container(*world.floors, own, {world.container("box"), {}}));
  expect(deleted.has_value(), "the container cannot be deleted");
  create_container();
}

bool ModelRun::apply(const ModelStep& step) {
  std::optional<Reference> before;
  if (power_will_go_) before = reference_;
  const auto acknowledged = engine_.version();
  changed_at_ = 0;
  carry_out(step);
  if (before && engine_.restart()) come_back(acknowledged, std::move(*before));
  return error_.empty();
}

/// Nothing that was acknowledged before the last step is lost; what that did is there whole or not at all.
void ModelRun::come_back(store::Version acknowledged, Reference before_last_step) {
  power_will_go_ = false;
  expect(engine_.version() >= acknowledged, "an acknowledged commit was lost");
  if (changed_at_ > engine_.version()) reference_ = std::move(before_last_step);
}

void ModelRun::carry_out(const ModelStep& step) {
  switch (step.kind) {
    case ModelStep::PutWhole:
    case ModelStep::PutBlocks:
    case ModelStep::MakeAppended:
    case ModelStep::MakePages:
      put(step);
      break;
    case ModelStep::Append:
      change_appended(step);
      break;
    case ModelStep::WritePages:
    case ModelStep::ClearPages:
    case ModelStep::Resize:
      change_pages(step);
      break;
    case ModelStep::Snapshot:
      snapshot(step);
      break;
    case ModelStep::Delete:
    case ModelStep::DeleteAll:
      delete_blob(step);
      break;
    case ModelStep::EndPast:
      end_past(step);
      break;
    case ModelStep::Read:
    case ModelStep::Ranges:
      read(step);
      break;
    case ModelStep::HoldRead:
      hold_read(step);
      break;
    case ModelStep::Differences:
      differences(step);
      break;
    case ModelStep::List:
      list(step);
      break;
    case ModelStep::Collect:
      engine_.collect();
      check_held_read();
      break;
    case ModelStep::Merge:
      merge(step);
      break;
    case ModelStep::Compact:
      if (auto done = engine_.compact(); !done) expect(false, "compaction: " + done.error().message);
      break;
    case ModelStep::NewContainer:
      replace_container();
      break;
    case ModelStep::CutPower:
      engine_.cut_power(step.a * step.b);
      power_will_go_ = true;
      break;
  }
}

/// Also of what is dead and not collected yet.
void ModelRun::check_counters() {
  struct NoGuide final : store::CheckGuide {
    bool go_on(std::uint64_t, const store::CheckPlace&) override { return true; }
  } guide;
  store::CheckReport report;
  auto& world = engine_.world();
  blobs::HeldBodies rows(*world.data_keys);
  expect(world.store->check_holders(rows, {}, {}, guide, report), "holders were not counted");
  if (report.damages > 0) expect(false, report.told[0].place + ": " + report.told[0].what);
}

bool ModelRun::finish() {
  check_counters();
  empty_container();
  check_counters();
  for (int steps = 1; engine_.collect() && error_.empty(); ++steps)
    if (steps % 16 == 0) check_counters();
  check_held_read();
  auto& store = *engine_.world().store;
  for (const auto& container : containers_) {
    std::string first(as_text(container)), end = store::key_after_prefix(first);
    expect(store.scan(store::Table::Heads, first, end, 1).value().empty(), "a head stays behind");
    expect(store.scan(store::Table::Rows, first, end, 1).value().empty(), "a row stays behind");
  }
  expect(store.counters("holders/").value().empty(), "a holder stays behind");
  expect(store.counters("live/").value().empty(), "a segment stays behind");
  for (const auto& key : engine_.inline_bodies())
    expect(!store.fetch_body(key)->exists(), "an inline body stays behind");
  return error_.empty();
}

}  // namespace vitrine::operations
