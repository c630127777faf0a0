// The table from granularity to function. Invariant: one line per value of Granularity, in their order.
#include "compress/granularity/granularities.hpp"

#include "model/base/error.hpp"

namespace weft::compress {

const std::vector<GranularityRule>& granularities() {
  static const std::vector<GranularityRule> table = {
      {Granularity::Weights, "weights", false, false, choose_weights},
      {Granularity::Inputs, "inputs", false, false, choose_inputs},
      {Granularity::Neurons, "neurons", false, false, choose_neurons},
      {Granularity::Blocks, "blocks", true, false, choose_blocks},
      {Granularity::CrossbarRows, "crossbar-rows", true, false, choose_crossbar_rows},
      {Granularity::CrossbarColumns, "crossbar-columns", true, false, choose_crossbar_columns},
      {Granularity::BlockDiagonal, "block-diagonal", false, true, choose_block_diagonal},
  };
  return table;
}

const GranularityRule& find_granularity(Granularity value) {
  for (const GranularityRule& rule : granularities()) {
    if (rule.value == value) return rule;
  }
  internal_error("a granularity without a rule");
}

std::vector<std::string> granularity_names() {
  std::vector<std::string> names;
  for (const GranularityRule& rule : granularities()) names.push_back(rule.name);
  return names;
}

bool granularity_needs_block(Granularity value) {
  return find_granularity(value).needs_block;
}

}  // namespace weft::compress
