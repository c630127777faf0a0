// A stage runs on a report of its own, so that what it put there can be kept and put into other reports. Its
// figures are kept after its value: where there are figures, the value was written; should it be gone (the
// limit of the cache, a damaged disk), the stage computes once more.
#include "app/reuse/stage_reuse.hpp"

#include "app/cli/interrupt.hpp"
#include "app/reuse/entries.hpp"
#include "mapping/critical_path.hpp"

namespace weft::app {
namespace {

Digest part_key(const Digest& key, const char* part) {
  return DigestBuilder().add(key).add(std::string_view(part)).finish();
}

Digest recorded(const Report& report, const char* artefact) {
  return Digest::from_hex(report.provenance.digests.at(artefact));
}

// Without what is measured on the test samples, which are not among the stage's inputs, and the seconds.
StageFigures kept_part(const Report& report) {
  StageFigures figures{report, ""};
  figures.report.accuracy.reset();
  figures.report.fabric.reset();  // made anew from the image
  figures.report.stage_seconds.clear();
  return figures;
}

}  // namespace

ReusedStages::ReusedStages(const Reuse& reuse, StageContext& context, const FlowConfig& config,
                           DataSplits& data)
    : reuse_(reuse), context_(context), config_(config), data_(data) {
  if (!reuse_.cache) return;
  digests_.train = recorded(context.report, "train_data");
  digests_.test = DigestBuilder().add(recorded(context.report, "test_data")).add(data.test.size()).finish();
}

void ReusedStages::count(const char* stage, bool hit) {
  if (!reuse_.counts) return;
  sweep::ReuseCounts& counts = (*reuse_.counts)[stage];
  ++(hit ? counts.hits : counts.misses);
}

template <class T>
Kept<T> ReusedStages::computed(const char* stage, const char* artefact, const Digest& key,
                               const Compute<T>& compute) {
  Report part;
  StageContext context{context_.console, part, context_.threads};
  const auto keep = [&](const char* what, const Bytes& bytes) {
    if (reuse_.cache && !interrupted()) reuse_.cache->keep(part_key(key, what), bytes);
  };
  if (reuse_.cache) count(stage, false);
  try {
    T value = compute(context);
    if (reuse_.cache) keep("value", to_bytes(value));
    keep("figures", to_bytes(kept_part(part)));
    merge(context_.report, part);
    return Kept<T>(std::move(value), recorded(part, artefact));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Unacceptable) keep("figures", to_bytes(StageFigures{{}, error.what()}));
    throw;
  }
}

template <class T>
Kept<T> ReusedStages::reused(const char* stage, const char* artefact, const Digest& key,
                             const Compute<T>& compute) {
  if (!reuse_.cache) return computed(stage, artefact, key, compute);
  Stage timer(context_.console, stage);
  const auto find = [&] {
    const auto bytes = reuse_.cache->find(part_key(key, "figures"));
    return bytes ? from_bytes<StageFigures>(*bytes) : std::nullopt;
  };
  std::optional<StageFigures> figures = find();
  if (!figures) {
    const sweep::CacheClaim claim(*reuse_.cache, key);
    figures = find();
    if (!figures) return computed(stage, artefact, key, compute);
  }
  count(stage, true);
  if (!figures->refusal.empty()) throw Error(ErrorKind::Unacceptable, figures->refusal);
  merge(context_.report, figures->report);
  context_.report.stage_seconds[stage] = timer.seconds();
  timer.done("as it was computed before");
  const sweep::Cache* const cache = reuse_.cache;
  Console& console = context_.console;
  const int threads = context_.threads;
  return Kept<T>(recorded(figures->report, artefact), [=, &console]() -> T {
    const Digest name = part_key(key, "value");
    if (const auto bytes = cache->find(name))
      if (std::optional<T> value = from_bytes<T>(*bytes)) return std::move(*value);
    Report unused;
    StageContext context{console, unused, threads};
    T value = compute(context);
    cache->keep(name, to_bytes(value));
    return value;
  });
}

void ReusedStages::add_accuracy(const Kept<Network>& network, std::optional<double> AccuracyReport::*share) {
  if (!reuse_.cache) return;
  const Digest key = accuracy_key(reuse_.program, network.digest(), digests_);
  AccuracyReport& shares =
      context_.report.accuracy ? *context_.report.accuracy : context_.report.accuracy.emplace();
  shares.samples = data_.test.size();
  if (!(shares.*share)) {
    if (const auto bytes = reuse_.cache->find(key)) shares.*share = from_bytes<double>(*bytes);
    if (shares.*share) return;
    shares.*share = measure_accuracy(context_, network.value(), data_.test);
  }
  if (!interrupted()) reuse_.cache->keep(key, to_bytes(*(shares.*share)));
}

Kept<Network> ReusedStages::dense() {
  const Compute<Network> compute = [&config = config_, &data = data_](StageContext& context) {
    Network network = make_network(config.network, data.test.shape, data.test.classes, config.seed);
    if (!config.train) {
      dense_stage(context, network, data.test);
      return network;
    }
    TrainParams params = *config.train;
    params.threads = context.threads;
    return train_stage(context, network, data.train, data.test, params);
  };
  const Digest key =
      reuse_.cache ? train_key(reuse_.program, config_, start_key(config_, data_), digests_) : Digest();
  Kept<Network> network = reused(config_.train ? "train" : "network", "dense", key, compute);
  add_accuracy(network, &AccuracyReport::dense);
  return network;
}

Kept<Network> ReusedStages::compressed(const Kept<Network>& dense) {
  const Compute<Network> compute = [dense, &config = config_, &data = data_](StageContext& context) {
    compress::CompressParams params = *config.compress;
    params.retrain.threads = context.threads;
    return compress_stage(context, dense.value(), data, params);
  };
  const Digest key =
      reuse_.cache ? compress_key(reuse_.program, config_, dense.digest(), digests_) : Digest();
  Kept<Network> network = reused("compress", "compressed", key, compute);
  add_accuracy(network, &AccuracyReport::compressed);
  return network;
}

Kept<FixedNetwork> ReusedStages::fixed(const Kept<Network>& network) {
  const Compute<FixedNetwork> compute = [network, &config = config_, &data = data_](StageContext& context) {
    QuantizeParams params = config.quantize;
    params.threads = context.threads;
    return quantize_stage(context, network.value(), data.train, params);
  };
  const Digest key =
      reuse_.cache ? quantize_key(reuse_.program, config_, network.digest(), digests_) : Digest();
  return reused("quantize", "fixed", key, compute);
}

// A mapping may be found that was made for a fabric with other timing: the image names the fabric that it is
// for.
Kept<Image> ReusedStages::image(const Kept<FixedNetwork>& fixed) {
  const Compute<Image> compute = [fixed, &config = config_, &data = data_](StageContext& context) {
    mapping::MapParams params = config.map;
    if (config.traffic == TrafficSource::Data)
      params.traffic = traffic_stage(context, fixed.value(), data.train, config.quantize.calibration_samples);
    return map_stage(context, fixed.value(), config.fabric, params).image;
  };
  const Digest key = reuse_.cache ? map_key(reuse_.program, config_, fixed.digest(), digests_) : Digest();
  const Kept<Image> kept = reused("map", "image", key, compute);
  if (!reuse_.cache) return kept;
  Image image = kept.value();
  image.fabric = weft::digest(config_.fabric);
  const Digest digest = weft::digest(image);
  context_.report.provenance.digests["fabric"] = image.fabric.hex();
  context_.report.provenance.digests["image"] = digest.hex();
  if (context_.report.mapping)
    context_.report.mapping->critical_path = mapping::critical_path(image, config_.fabric);
  return Kept<Image>(std::move(image), digest);
}

}  // namespace weft::app
