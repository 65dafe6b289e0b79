#include "worker/reading_order.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vitrine::worker {
namespace {

std::uint32_t top(const TextLine& line) {
  return std::ranges::min(line.quad, {}, &Point::y).y;
}
std::uint32_t bottom(const TextLine& line) {
  return std::ranges::max(line.quad, {}, &Point::y).y;
}
std::uint32_t left(const TextLine& line) {
  return std::ranges::min(line.quad, {}, &Point::x).x;
}

bool is_in_row(const TextLine& line, const TextLine& first) {
  auto middle = (top(line) + bottom(line)) / 2;
  return middle >= top(first) && middle < bottom(first);
}

}  // namespace

std::vector<TextLine> in_reading_order(std::vector<TextLine> lines) {
  std::ranges::sort(lines, {}, [](const TextLine& line) { return std::pair(top(line), left(line)); });
  std::vector<std::vector<TextLine>> rows;
  for (auto& line : lines) {
    auto row = std::ranges::find_if(rows, [&](const auto& r) { return is_in_row(line, r.front()); });
    if (row == rows.end()) row = rows.emplace(row);
    row->push_back(std::move(line));
  }
  std::vector<TextLine> out;
  for (auto& row : rows) {
    std::ranges::sort(row, {}, left);
    std::ranges::move(row, std::back_inserter(out));
  }
  return out;
}

}  // namespace vitrine::worker
