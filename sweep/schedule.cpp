// Points begin in their order and a point that begins later claims later, so one pass over the points is
// enough: whoever asks for an entry finds when it is ready.
#include "sweep/schedule.hpp"

#include <algorithm>

namespace weft::sweep {

void Schedule::add(const std::vector<StageWork>& point) {
  double& worker = *std::min_element(free_at_.begin(), free_at_.end());
  for (const StageWork& work : point) {
    if (work.entry < 0) {
      worker += work.seconds;
      continue;
    }
    const auto [ready, is_first] = ready_at_.emplace(std::make_pair(work.stage, work.entry), 0.0);
    if (is_first) ready->second = worker + work.seconds;
    worker = std::max(worker, ready->second);
  }
}

void Schedule::wait_for_all() {
  std::fill(free_at_.begin(), free_at_.end(), seconds());
}

double Schedule::seconds() const {
  return *std::max_element(free_at_.begin(), free_at_.end());
}

}  // namespace weft::sweep
