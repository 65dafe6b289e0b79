// What changes blobs, on the engine and on the reference.
#include "crypto/mac.h"
#include "operations/model_run.h"

namespace vitrine::operations {
namespace {

using Kind = ReferenceState::Kind;
constexpr std::uint64_t kMostPages = 64;

blobs::Interval pages_of(const ModelStep& step, std::uint64_t pages, std::uint64_t most) {
  auto begin = step.a % pages, length = std::min<std::uint64_t>(step.b % most + 1, pages - begin);
  return {begin * blobs::kPageBytes, (begin + length) * blobs::kPageBytes};
}

}  // namespace

template <class Make>
bool ModelRun::change(const std::string& name, const Make& make) {
  for (;;) {
    auto found = engine_.find(container_, name);
    kept_.reset();
    std::optional<Result<blobs::ContentChange>> made = make(found);
    if (!made) return false;
    if (!*made) {
      expect(false, "refused: " + made->error().message);
      return false;
    }
    auto done = engine_.commit(container_, found, std::move(**made));
    if (done) {
      changed_at_ = *done;
      return true;
    }
    if (done.error().code != Code::StateChanged) {
      expect(false, "commit: " + done.error().message);
      return false;
    }
  }
}

blobs::BlobHead ModelRun::new_head(const Found& found) {
  blobs::BlobHead head;
  head.etag = blobs::ETag::next(now(), {});
  head.version = blobs::Moment::next(now(), found.state.latest());
  return head;
}

ModelRun::Change ModelRun::leave(Found& found, bool keep_version) {
  if (!found.state.head) return blobs::ContentChange{};
  auto view = engine_.view(container_, found);
  if (!keep_version) return blobs::end_current(view);
  auto kept = blobs::keep_as_version(view, now());
  kept_ = kept.past;
  return std::move(kept.change);
}

void ModelRun::note_left(ReferenceName& name, bool keep_version) {
  if (name.current && keep_version) {
    expect(kept_ && !name.past.contains(*kept_), "a version has the moment of another");
    name.past.emplace(*kept_, *name.current);
  }
  name.current.reset();
}

void ModelRun::put(const ModelStep& step) {
  ReferenceState state{.content = ++contents_};
  std::vector<blobs::ArrivedBody> bodies;
  if (step.kind == ModelStep::PutWhole || step.kind == ModelStep::PutBlocks) {
    state.kind = step.kind == ModelStep::PutWhole ? Kind::Whole : Kind::Blocks;
    for (int part = 0; part < (state.kind == Kind::Whole ? 1 : step.b % 4); ++part) {
      auto bytes = text(step, step.a * 70u);
      bodies.push_back(engine_.receive(container_, bytes));
      state.bytes += bytes;
    }
  } else if (step.kind == ModelStep::MakeAppended) {
    state.kind = Kind::Appended;
  } else {
    state.kind = Kind::Pages;
    state.bytes.resize((step.a % kMostPages + 1) * blobs::kPageBytes);
    state.changes = 1;
    state.changed_at.resize(kMostPages + 1);
  }
  auto make = [&](Found& found) -> std::optional<Change> {
    auto head = new_head(found);
    auto change = leave(found, step.keep_version);
    if (!change) return change;
    if (state.kind == Kind::Appended) blobs::make_appended(head);
    if (state.kind == Kind::Pages)
      expect(blobs::make_pages(head, state.bytes.size()).has_value(), "no pages");
    std::vector<blobs::Block> blocks;
    for (const auto& body : bodies) {
      body.adopt_into(change->adopts, change->writes, container_, *engine_.keys());
      blocks.push_back({*blobs::BlockId::parse("AAAA"), body.piece});
      head.size += body.piece.length;
      if (state.kind == Kind::Whole) head.layout = body.piece;
    }
    if (state.kind == Kind::Blocks) {
      blobs::BodyNumber list{read_be64(crypto::random_array<8>())};
      head.layout = blobs::BlockList{list, static_cast<std::uint32_t>(blocks.size())};
      change->writes.push_back(blobs::seal(*engine_.keys(), blobs::block_list_key(container_, list),
                                           blobs::encode_blocks(blocks)));
    }
    found.state.head = std::move(head);
    return change;
  };
  if (!change(step.blob(), make)) return;
  auto& name = reference_[step.blob()];
  note_left(name, step.keep_version);
  name.current = std::move(state);
}

void ModelRun::change_appended(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  if (!name.current || name.current->kind != Kind::Appended) return;
  auto bytes = text(step, step.a * 60u + 1);
  auto body = engine_.receive(container_, bytes);
  auto wrong = blobs::AppendConditions{.position = name.current->bytes.size() + 1};
  auto right = blobs::AppendConditions{.position = name.current->bytes.size(),
                                       .most_size = name.current->bytes.size() + bytes.size()};
  auto make = [&](Found& found) -> std::optional<Change> {
    auto refused = blobs::append(*found.state.head, container_, *engine_.keys(), body, wrong);
    expect(!refused && refused.error().code == Code::AppendPositionConditionNotMet,
           "a wrong position passed");
    return blobs::append(*found.state.head, container_, *engine_.keys(), body, right);
  };
  if (change(step.blob(), make)) name.current->bytes += bytes;
}

void ModelRun::change_pages(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  if (!name.current || name.current->kind != Kind::Pages) return;
  auto& state = *name.current;
  auto size = state.bytes.size();
  auto range = pages_of(step, size / blobs::kPageBytes, step.kind == ModelStep::WritePages ? 12 : 40);
  auto new_size = (step.a % kMostPages + 1) * blobs::kPageBytes;
  auto bytes =
      step.kind == ModelStep::WritePages ? text(step, range.length()) : std::string(range.length(), '\0');
  std::optional<blobs::ArrivedBody> body;
  if (step.kind == ModelStep::WritePages) body = engine_.receive(container_, bytes);
  auto make = [&](Found& found) -> std::optional<Change> {
    blobs::PageBlob blob{*engine_.world().store, *engine_.keys(), container_, *found.state.head};
    if (body) return blobs::write_pages(blob, range, *body);
    return step.kind == ModelStep::Resize ? blobs::resize_pages(blob, new_size)
                                          : blobs::clear_pages(blob, range);
  };
  if (!change(step.blob(), make)) return;
  if (step.kind != ModelStep::Resize) return operations::change_pages(state, range, bytes);
  if (new_size < size) operations::change_pages(state, {new_size, size}, std::string(size - new_size, '\0'));
  state.bytes.resize(new_size);
  ++state.changes;
}

void ModelRun::snapshot(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  auto make = [&](Found& found) -> std::optional<Change> {
    if (!found.state.head) return std::nullopt;
    auto kept = blobs::take_snapshot(engine_.view(container_, found), now());
    kept_ = kept.past;
    return std::move(kept.change);
  };
  if (!change(step.blob(), make)) return expect(!name.current, "no snapshot of a blob that is there");
  expect(!name.past.contains(*kept_), "a snapshot has the moment of another");
  name.past.emplace(*kept_, *name.current);
}

void ModelRun::delete_blob(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  bool all = step.kind == ModelStep::DeleteAll;
  auto make = [&](Found& found) -> std::optional<Change> {
    if (!found.state.head && !(all && found.state.history)) return std::nullopt;
    if (all || !step.keep_version) return blobs::end_name(engine_.view(container_, found));
    return leave(found, true);
  };
  if (!change(step.blob(), make)) return;
  if (all || !step.keep_version)
    name = {};
  else
    note_left(name, true);
}

void ModelRun::end_past(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  if (name.past.empty()) return;
  auto chosen = std::next(name.past.begin(), static_cast<std::ptrdiff_t>(step.a % name.past.size()));
  auto make = [&](Found& found) -> std::optional<Change> {
    auto view = engine_.view(container_, found);
    auto past = blobs::look_up_past(view, chosen->first);
    if (!past) return std::unexpected(past.error());
    return blobs::end_past(view, chosen->first, *past);
  };
  if (change(step.blob(), make)) name.past.erase(chosen);
}

void ModelRun::merge(const ModelStep& step) {
  auto& name = reference_[step.blob()];
  if (!name.current || name.current->kind != Kind::Pages) return;
  auto found = engine_.find(container_, step.blob());
  blobs::PageBlob blob{*engine_.world().store, *engine_.keys(), container_, *found.state.head};
  auto run = blobs::find_run(blob, step.a * blobs::kPageBytes, 20 * blobs::kPageBytes);
  expect(run.has_value(), "no answer about runs");
  if (!run || !*run) return;
  const auto& pages = (*run)->pages;
  auto body = engine_.receive(
      container_, engine_.read(container_, *found.state.head, false, {pages.begin, pages.length()}));
  auto change = blobs::replace_run(blob, **run, body);
  expect(change.has_value(), "a run cannot be merged");
  if (!change) return;
  auto done = engine_.commit(container_, std::move(*change));
  expect(done || done.error().code == Code::StateChanged, "a merge fails");
}

}  // namespace vitrine::operations
