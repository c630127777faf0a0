// Row by row in double precision: outputs are few beside the weights that led to them.
#include "model/network/engine/distill.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace weft {
namespace {

// log of softmax(in / temperature)
void soften(const float* in, double temperature, std::vector<double>& out) {
  const double largest = *std::max_element(in, in + out.size());
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = (in[i] - largest) / temperature;
    sum += std::exp(out[i]);
  }
  for (double& item : out) item -= std::log(sum);
}

}  // namespace

double add_distillation(const float* outputs, const float* teacher, std::int64_t rows, std::int64_t classes,
                        const DistillStep& step, float scale, float* delta) {
  std::vector<double> ours(static_cast<std::size_t>(classes)), theirs(ours.size());
  double loss = 0;
  for (std::int64_t row = 0; row < rows; ++row, outputs += classes, teacher += classes, delta += classes) {
    soften(outputs, step.temperature, ours);
    soften(teacher, step.temperature, theirs);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const double wanted = std::exp(theirs[i]);
      const double pull = step.temperature * (std::exp(ours[i]) - wanted) * double{scale};
      delta[i] = static_cast<float>((1 - step.share) * double{delta[i]} + step.share * pull);
      loss += step.temperature * step.temperature * wanted * (theirs[i] - ours[i]);
    }
  }
  return loss;
}

}  // namespace weft
