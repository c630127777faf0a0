// A data set as a value. Invariant (validate): one row of shape.size() bytes per label, labels below
// `classes`.
#include "model/data/dataset.hpp"

#include <algorithm>

namespace weft {

std::vector<Violation> validate(const Dataset& dataset) {
  std::vector<Violation> violations;
  const auto violate = [&](const char* rule, const std::string& detail) {
    violations.push_back({rule, dataset.name.empty() ? "data set" : dataset.name, detail});
  };
  const Shape& shape = dataset.shape;
  if (shape.channels < 1 || shape.height < 1 || shape.width < 1) {
    violate("positive-shape", std::to_string(shape.channels) + " x " + std::to_string(shape.height) + " x " +
                                  std::to_string(shape.width) + ", each must be at least 1");
    return violations;
  }
  if (dataset.classes < 1 || dataset.classes > 65536) {
    violate("class-count", std::to_string(dataset.classes) + " classes, 1 to 65536 are possible");
  }
  const std::int64_t expected = dataset.size() * shape.size();
  if (static_cast<std::int64_t>(dataset.samples.size()) != expected) {
    violate("sample-bytes", std::to_string(dataset.samples.size()) + " bytes, " +
                                std::to_string(dataset.size()) + " labels need " + std::to_string(expected));
  }
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const int label = dataset.labels[static_cast<std::size_t>(i)];
    if (label < dataset.classes) continue;
    violate("label-range", "label " + std::to_string(label) + " of sample " + std::to_string(i) +
                               ", there are " + std::to_string(dataset.classes) + " classes");
    break;  // one is enough: the rest is likely off in the same way
  }
  return violations;
}

Digest digest(const Dataset& dataset) {
  return DigestBuilder()
      .add(dataset.shape.channels)
      .add(dataset.shape.height)
      .add(dataset.shape.width)
      .add(dataset.classes)
      .add_array(dataset.samples)
      .add_array(dataset.labels)
      .finish();
}

Dataset slice(const Dataset& dataset, std::int64_t first, std::int64_t count) {
  const std::int64_t begin = std::clamp<std::int64_t>(first, 0, dataset.size());
  const std::int64_t end = begin + std::clamp<std::int64_t>(count, 0, dataset.size() - begin);
  Dataset part;
  part.name = dataset.name;
  part.shape = dataset.shape;
  part.classes = dataset.classes;
  part.samples.assign(dataset.sample(begin), dataset.sample(end));
  part.labels.assign(dataset.labels.begin() + begin, dataset.labels.begin() + end);
  return part;
}

}  // namespace weft
