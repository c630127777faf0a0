// When points would end that workers take one after the other, each as soon as it is free.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace weft::sweep {

// A part of a point. Parts of one stage and entry are computed once: the first point that needs it computes,
// those that come meanwhile wait, later ones find it. Entry -1: every point computes its own.
struct StageWork {
  int stage = 0;
  std::int64_t entry = -1;
  double seconds = 0;
};

class Schedule {
 public:
  explicit Schedule(int jobs) : free_at_(static_cast<std::size_t>(jobs), 0.0) {}

  void have(int stage, std::int64_t entry) { ready_at_[{stage, entry}] = 0; }  // it is there from the start
  void add(const std::vector<StageWork>& point);  // the next one, its stages in their order
  void wait_for_all();                            // what is added then begins when all others ended
  double seconds() const;                         // when the last point ended

 private:
  std::vector<double> free_at_;
  std::map<std::pair<int, std::int64_t>, double> ready_at_;
};

}  // namespace weft::sweep
