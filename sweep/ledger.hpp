// Where an engine writes down what becomes of points: a store, or a worker's shard.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/database.hpp"
#include "sweep/points.hpp"
#include "sweep/reuse_counts.hpp"

namespace weft::sweep {

enum class PointState { Pending, Running, Done, Failed, Infeasible };
const char* to_string(PointState state);  // "pending", ...

struct Figure {
  std::string name;
  Value value;
};

// What came of a point. Infeasible: no fabric holds it, or it misses what the flow requires.
struct PointResult {
  PointState state = PointState::Done;
  std::string error;  // why it failed or is infeasible
  std::vector<Figure> figures;
  double seconds = 0;
  ReuseByStage reuse = {};  // not part of the point's row: it depends on what was computed before
};

// A point to be run, and its number in the sweep.
struct Task {
  std::int64_t number = 0;
  Point point;
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  virtual void start(std::int64_t point) = 0;
  // Once it returns, the result outlives a crash.
  virtual void finish(std::int64_t point, const PointResult& result) = 0;
  virtual void put_back(std::int64_t point) = 0;  // its worker was lost
};

}  // namespace weft::sweep
