// A part of a longer progress bar.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/base/progress.hpp"

namespace weft::mapping {

// What a pass tells of itself becomes the stretch from `from` to `to` thousandths of the whole. `whole` may
// be null.
class ProgressShare : public Progress {
 public:
  ProgressShare(Progress* whole, std::int64_t from, std::int64_t to) : whole_(whole), from_(from), to_(to) {}

  void update(std::int64_t done, std::int64_t total) override {
    if (whole_ == nullptr) return;
    whole_->update(from_ + (to_ - from_) * std::min(done, total) / std::max<std::int64_t>(1, total), 1000);
  }
  bool stop_requested() const override { return whole_ != nullptr && whole_->stop_requested(); }

 private:
  Progress* whole_;
  std::int64_t from_;
  std::int64_t to_;
};

}  // namespace weft::mapping
