// Is there a packing into K cores? Columns: neuron n is in core k, line l is among core k's axons. Rows: each
// neuron in one core, a core's axons are all that its neurons read, a core has so many axons and neurons, a
// line has as many axons as its readers need cores at least. Cores are alike, so neuron i may only be in the
// first i + 1 of them. CBC's branch and cut answers, through its C interface.
//
// Invariant: only what CBC says it has proved counts as proved, and each packing that it finds is counted
// again by CoreLoads before it is believed.
#include <Cbc_C_Interface.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "mapping/pack/exact.hpp"

namespace weft::mapping {
namespace {

enum class Answer { Packed, Impossible, Unknown };

class Question {
 public:
  Question(const Lines& lines, const CoreLimits& limits, NodeId first_neuron, int cores)
      : lines_(lines),
        limits_(limits),
        first_(first_neuron),
        neurons_(static_cast<int>(lines.of_node.keys() - first_neuron.index())),
        cores_(cores),
        model_(Cbc_newModel(), Cbc_deleteModel) {
    add_columns();
    add_rows();
  }

  Answer ask(int most_nodes, Clusters& found) {
    set("log", "0");
    set("threads", "0");
    set("maxNodes", std::to_string(most_nodes));
    Cbc_solve(model_.get());
    if (Cbc_isProvenInfeasible(model_.get()) != 0) return Answer::Impossible;
    const double* solution = Cbc_bestSolution(model_.get());
    if (solution == nullptr) return Answer::Unknown;
    const std::optional<Clusters> packed = read(solution);
    if (!packed) return Answer::Unknown;
    found = *packed;
    return Answer::Packed;
  }

 private:
  int neuron_column(int neuron, int core) const { return neuron * cores_ + core; }
  int line_column(LineId line, int core) const {
    return (neurons_ + static_cast<int>(line.value())) * cores_ + core;
  }
  int number(NodeId node) const { return static_cast<int>(node.value() - first_.value()); }
  void set(const char* name, const std::string& value) {
    Cbc_setParameter(model_.get(), name, value.c_str());
  }

  void add_columns() {
    for (int n = 0; n < neurons_; ++n) {
      for (int k = 0; k < cores_; ++k) add_column(k <= n ? 1 : 0, true);
    }
    for (std::size_t l = 0; l < lines_.lines.size(); ++l) {
      for (int k = 0; k < cores_; ++k) add_column(1, false);
    }
  }
  void add_column(double most, bool is_integer) {
    Cbc_addCol(model_.get(), "", 0, most, 0, is_integer ? 1 : 0, 0, nullptr, nullptr);
  }

  void add_row(const std::vector<int>& columns, const std::vector<double>& weights, char sense,
               double right) {
    Cbc_addRow(model_.get(), "", static_cast<int>(columns.size()), columns.data(), weights.data(), sense,
               right);
  }
  void add_sum(const std::vector<int>& columns, char sense, double right) {
    add_row(columns, std::vector<double>(columns.size(), 1), sense, right);
  }

  void add_rows() {
    for (int n = 0; n < neurons_; ++n) {
      std::vector<int> columns;
      for (int k = 0; k < cores_; ++k) columns.push_back(neuron_column(n, k));
      add_sum(columns, 'E', 1);
      for (const LineId line : lines_.of_node[NodeId(first_.value() + static_cast<std::uint32_t>(n))]) {
        for (int k = 0; k <= std::min(n, cores_ - 1); ++k)
          add_row({line_column(line, k), neuron_column(n, k)}, {1, -1}, 'G', 0);
      }
    }
    for (int k = 0; k < cores_; ++k) {
      std::vector<int> neurons, axons;
      for (int n = k; n < neurons_; ++n) neurons.push_back(neuron_column(n, k));
      for (std::uint32_t l = 0; l < lines_.lines.size(); ++l) axons.push_back(line_column(LineId(l), k));
      add_sum(neurons, 'L', static_cast<double>(limits_.neurons));
      add_sum(axons, 'L', static_cast<double>(limits_.axons));
    }
    for (std::uint32_t l = 0; l < lines_.lines.size(); ++l) {
      std::vector<int> columns;
      for (int k = 0; k < cores_; ++k) columns.push_back(line_column(LineId(l), k));
      const auto readers = static_cast<std::int64_t>(lines_.readers[LineId(l)].size());
      add_sum(columns, 'G', static_cast<double>((readers + limits_.neurons - 1) / limits_.neurons));
    }
  }

  std::optional<Clusters> read(const double* solution) const {
    CoreLoads loads(lines_, limits_);
    for (int k = 0; k < cores_; ++k) {
      CoreId core = kNoCore;
      for (int n = 0; n < neurons_; ++n) {
        if (solution[neuron_column(n, k)] < 0.5) continue;
        const NodeId node(first_.value() + static_cast<std::uint32_t>(n));
        if (core == kNoCore) core = loads.open();
        if (loads.core_of(node) != kNoCore || !loads.fits(loads.cost(node, core), core)) return std::nullopt;
        loads.place(node, core);
      }
    }
    for (int n = 0; n < neurons_; ++n) {
      if (loads.core_of(NodeId(first_.value() + static_cast<std::uint32_t>(n))) == kNoCore)
        return std::nullopt;
    }
    return clusters_of(loads, lines_);
  }

  const Lines& lines_;
  const CoreLimits& limits_;
  NodeId first_;
  int neurons_;
  int cores_;
  std::unique_ptr<Cbc_Model, void (*)(Cbc_Model*)> model_;
};

}  // namespace

bool has_exact_packing() {
  return true;
}

ExactPacking pack_exactly(const Clusters& start, const Lines& lines, const CoreLimits& limits,
                          NodeId first_neuron, std::int64_t bound, const ExactParams& params) {
  ExactPacking result{start, false};
  const bool crossbars = limits.row_bits.empty();
  for (;;) {
    const auto fewer = static_cast<std::int64_t>(result.clusters.cores) - 1;
    result.optimal = fewer < std::max<std::int64_t>(bound, 1);
    const auto columns = static_cast<std::int64_t>(lines.of_node.keys() + lines.lines.size()) * fewer;
    if (result.optimal || !crossbars || columns > params.most_columns) return result;
    Question question(lines, limits, first_neuron, static_cast<int>(fewer));
    const Answer answer = question.ask(params.most_nodes, result.clusters);
    result.optimal = answer == Answer::Impossible;
    if (answer != Answer::Packed) return result;
  }
}

}  // namespace weft::mapping
