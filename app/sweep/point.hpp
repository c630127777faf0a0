// A point of a sweep is one run of its flow.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/flow/flow.hpp"
#include "sweep/engine.hpp"

namespace weft::app {

FlowConfig point_config(const sweep::SweepFile& sweep, const std::vector<std::string>& overrides);

// Computes points with one thread each and says nothing. Data sets are loaded by prepare(), before processes
// are made, and shared by all points.
class PointRunner {
 public:
  // Without a cache (null) every point computes all its stages.
  PointRunner(const Context& context, const sweep::SweepFile& sweep, const sweep::Cache* cache = nullptr);
  // Loads what these points need.
  void prepare(const std::vector<sweep::Point>& points);
  sweep::PointResult operator()(const std::vector<std::string>& overrides) const;
  // Writes the point's results into `directory` as "weft flow" does, unless `check` has something against its
  // figures: then the point has failed, with these words.
  using FigureCheck = std::function<std::string(const std::vector<sweep::Figure>& figures)>;
  sweep::PointResult write(const std::vector<std::string>& overrides, const std::filesystem::path& directory,
                           const std::string& title, const FigureCheck& check) const;

 private:
  template <class Act>
  sweep::PointResult with_flow(const FlowConfig& config, const Act& act) const;

  const Context& context_;
  const sweep::SweepFile& sweep_;
  Reuse reuse_;
  std::map<std::string, std::shared_ptr<FlowData>> data_;
};

}  // namespace weft::app
