// The part of the loss that asks a network to be like its teacher.
#pragma once

#include <cstdint>

namespace weft {

struct DistillStep {
  double share = 0;        // of the loss, 0 to 1; the rest is the labels' part
  double temperature = 1;  // both outputs are divided by it before softmax
};

// `delta` holds the labels' gradient, (softmax(outputs) - onehot) * scale; it becomes (1 - share) times that
// plus share * temperature * (softmax(outputs / temperature) - softmax(teacher / temperature)) * scale, the
// gradient of temperature^2 times the cross-entropy between the softened outputs (Hinton, Vinyals and Dean,
// "Distilling the knowledge in a neural network", 2015). Returns the sum of that cross-entropy times
// temperature^2, less its least value: zero where both agree. All matrices rows x classes.
double add_distillation(const float* outputs, const float* teacher, std::int64_t rows, std::int64_t classes,
                        const DistillStep& step, float scale, float* delta);

}  // namespace weft
