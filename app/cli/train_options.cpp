// Options for data and training, with the ranges that flow files have too.
#include "app/cli/train_options.hpp"

#include <limits>

#include "app/flow/names.hpp"
#include "model/data/dataset.hpp"

namespace weft::app {

void add_data_options(OptionTable& table, DataConfig& data) {
  table.choice_or("dataset", data.set, known_data_names(), "DIR", is_data_name,
                  "the data set (default " + data.set +
                      "), or a directory of train_samples.npy, train_labels.npy, test_samples.npy, "
                      "test_labels.npy and validation_samples.npy, validation_labels.npy if there are any");
  table.integer("train-samples", data.train_samples, 0, std::numeric_limits<std::int64_t>::max(),
                "training samples, from the front (default 0: all)");
  table.integer("shift-pixels", data.shift_pixels, 0, 8,
                "adds the training samples moved by up to so many pixels in four directions (default 0)");
}

void add_train_options(OptionTable& table, TrainOptions& options) {
  TrainParams& params = options.params;
  table.integer("epochs", params.epochs, 0, 100000,
                "passes over the training samples (default " + std::to_string(params.epochs) + ")");
  table.integer("batch-size", params.batch_size, 1, 1 << 20, "samples per step (default 128)");
  table.choice("optimizer", options.optimizer, names_of(Optimizer()), "(default adam)");
  table.real("learning-rate", params.learning_rate, 0, 100, "(default 0.001)");
  table.real("momentum", params.momentum, 0, 1, "of sgd (default 0.9)");
  table.real("weight-decay", params.weight_decay, 0, 1, "decoupled, on weights (default 0)");
  table.choice("schedule", options.schedule, names_of(Schedule()), "of the learning rate (default cosine)");
}

TrainParams TrainOptions::resolve(const GlobalOptions& global) const {
  TrainParams resolved = params;
  resolved.optimizer = value_of<Optimizer>(optimizer);
  resolved.schedule = value_of<Schedule>(schedule);
  resolved.seed = static_cast<std::uint64_t>(global.seed);
  resolved.threads = global.threads;
  return resolved;
}

}  // namespace weft::app
