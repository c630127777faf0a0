// The stages before the simulation, each computed once for equal inputs where there is a cache.
#pragma once

#include <functional>

#include "app/flow/stages.hpp"
#include "app/reuse/kept.hpp"
#include "app/reuse/stage_keys.hpp"
#include "model/fabric/image.hpp"
#include "sweep/cache.hpp"
#include "sweep/reuse_counts.hpp"

namespace weft::app {

// What stages share. Without a cache every stage computes.
struct Reuse {
  const sweep::Cache* cache = nullptr;
  Digest program;                         // program_digest()
  sweep::ReuseByStage* counts = nullptr;  // may be null
};

// Each puts the same into context.report, found or computed, but for the seconds. A result that is found was
// verified when it was kept. What a stage throws because nothing can hold the network is kept and thrown
// again. `config`, `data` and what the results refer to must outlive them.
class ReusedStages {
 public:
  ReusedStages(const Reuse& reuse, StageContext& context, const FlowConfig& config, DataSplits& data);

  Kept<Network> dense();  // trained, or as it is
  Kept<Network> compressed(const Kept<Network>& dense);
  Kept<FixedNetwork> fixed(const Kept<Network>& network);
  Kept<Image> image(const Kept<FixedNetwork>& fixed);

 private:
  template <class T>
  using Compute = std::function<T(StageContext&)>;

  template <class T>
  Kept<T> reused(const char* stage, const char* artefact, const Digest& key, const Compute<T>& compute);
  template <class T>
  Kept<T> computed(const char* stage, const char* artefact, const Digest& key, const Compute<T>& compute);
  void add_accuracy(const Kept<Network>& network, std::optional<double> AccuracyReport::*share);
  void count(const char* stage, bool hit);

  Reuse reuse_;
  StageContext& context_;
  const FlowConfig& config_;
  DataSplits& data_;
  DataDigests digests_;
};

}  // namespace weft::app
