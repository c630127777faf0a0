// How a long stage tells how far it is, and is told to stop. Libraries call it; app/ draws it.
#pragma once

#include <cstdint>

namespace weft {

class Progress {
 public:
  virtual ~Progress() = default;
  // `done` of `total` units of work of the current stage; called often, so it must be cheap.
  virtual void update(std::int64_t done, std::int64_t total) = 0;
  // True once the user asked to stop (Ctrl-C): the stage ends early with what it has.
  virtual bool stop_requested() const { return false; }
};

}  // namespace weft
