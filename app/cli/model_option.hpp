// --model: which of the two simulators runs the fabric.
#pragma once

#include <string>

#include "app/cli/options.hpp"
#include "sim/model.hpp"

namespace weft::app {

struct ModelOption {
  std::string word = to_string(sim::Model::Engine);

  void declare(OptionTable& table) {
    std::vector<std::string> words;
    for (const sim::Model model : sim::kModels) words.emplace_back(to_string(model));
    table.choice("model", word, words,
                 "the simulator (default engine); signals: textbook SystemC, slow, with the same results");
  }
  sim::Model model() const {
    for (const sim::Model model : sim::kModels) {
      if (word == to_string(model)) return model;
    }
    return sim::Model::Engine;  // what was not among the choices was refused
  }
};

}  // namespace weft::app
