// The names on a disk in memory, and which of them a power cut may take.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/memory_inode.h"

namespace vitrine::store {

/// A change of names is durable after the sync of the directory. Directories are so at once.
struct MemoryNames {
  using Path = std::filesystem::path;
  using Names = std::map<Path, std::shared_ptr<MemoryInode>>;
  /// Happens whole or not at all. No inode: the name goes.
  using Change = std::vector<std::pair<Path, std::shared_ptr<MemoryInode>>>;

  Names now, durable;
  std::vector<Change> unsynced;
  std::set<Path> directories;

  [[nodiscard]] bool exists(const Path& path) const {
    return now.contains(path) || directories.contains(path);
  }
  [[nodiscard]] std::vector<std::string> list(const Path& directory) const {
    std::vector<std::string> names;
    const auto add = [&](const Path& path) {
      if (path != directory && path.parent_path() == directory) names.push_back(path.filename().string());
    };
    for (const auto& [path, inode] : now) add(path);
    for (const auto& path : directories) add(path);
    return names;
  }

  void make_directory(const Path& path) {
    for (auto at = path; directories.insert(at).second && at.has_relative_path();) at = at.parent_path();
  }
  void change(Change done) {
    if (done.empty()) return;
    apply(now, done);
    unsynced.push_back(std::move(done));
  }
  /// A file's or a directory's.
  void rename(const Path& from, const Path& to) {
    Change done;
    if (const auto file = now.find(from); file != now.end()) done = {{to, file->second}, {from, nullptr}};
    if (directories.erase(from) > 0) {
      directories.insert(to);
      for (const auto& [path, inode] : now)
        if (path.parent_path() == from)
          done.insert(done.end(), {{to / path.filename(), inode}, {path, nullptr}});
    }
    change(std::move(done));
  }

  void sync(const Path& directory) {
    const auto is_here = [&](const Change& change) {
      return change.front().first.parent_path() == directory;
    };
    for (const auto& change : unsynced)
      if (is_here(change)) apply(durable, change);
    std::erase_if(unsynced, is_here);
  }
  void lose_some(std::mt19937& random) {
    for (const auto& change : unsynced)
      if (random() % 2 == 0) apply(durable, change);
    unsynced.clear();
    now = durable;
    std::set<MemoryInode*> seen;
    for (const auto& [path, inode] : now)
      if (seen.insert(inode.get()).second) inode->lose_some(random);
  }

  /// What is durable and what may be lost, with files of its own.
  [[nodiscard]] MemoryNames copy() const {
    MemoryNames made;
    std::map<const MemoryInode*, std::shared_ptr<MemoryInode>> inodes;
    const auto copy_of = [&](const std::shared_ptr<MemoryInode>& inode) {
      auto& copied = inodes[inode.get()];
      if (inode && !copied) copied = std::make_shared<MemoryInode>(*inode);
      return copied;
    };
    for (const auto& [path, inode] : now) made.now[path] = copy_of(inode);
    for (const auto& [path, inode] : durable) made.durable[path] = copy_of(inode);
    for (const auto& change : unsynced) {
      auto& copied = made.unsynced.emplace_back();
      for (const auto& [path, inode] : change) copied.emplace_back(path, copy_of(inode));
    }
    made.directories = directories;
    return made;
  }
  void make_all_durable() {
    std::set<MemoryInode*> seen;
    for (const auto& [path, inode] : now)
      if (seen.insert(inode.get()).second) inode->sync();
    durable = now;
    unsynced.clear();
  }

 private:
  static void apply(Names& names, const Change& change) {
    for (const auto& [path, inode] : change) {
      if (inode)
        names[path] = inode;
      else
        names.erase(path);
    }
  }
};

}  // namespace vitrine::store
