// The options that train and compress share: data, and how to train.
#pragma once

#include <string>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/flow_config.hpp"

namespace weft::app {

void add_data_options(OptionTable& table, DataConfig& data);

// Words for enum values stay words until the command line is parsed: see resolve().
struct TrainOptions {
  TrainParams params;
  std::string optimizer = "adam";
  std::string schedule = "cosine";

  TrainParams resolve(const GlobalOptions& global) const;
};
void add_train_options(OptionTable& table, TrainOptions& options);

}  // namespace weft::app
