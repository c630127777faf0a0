// Samples between two samples: what a teacher says of them is known, whatever their label would be.
#include "model/base/random.hpp"
#include "model/data/dataset.hpp"

namespace weft {

Dataset mixes(const Dataset& dataset, std::int64_t count, std::uint64_t seed) {
  Dataset result;
  result.name = dataset.name;
  result.shape = dataset.shape;
  result.classes = dataset.classes;
  if (dataset.size() == 0) return result;
  const auto size = static_cast<std::size_t>(dataset.shape.size());
  result.samples.reserve(static_cast<std::size_t>(count) * size);
  Random random = Random(seed).fork("mixes");
  for (std::int64_t i = 0; i < count; ++i) {
    const auto first = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(dataset.size())));
    const auto second = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(dataset.size())));
    const auto share = static_cast<unsigned>(64 + random.below(129));  // of 256: the first's
    const std::uint8_t *a = dataset.sample(first), *b = dataset.sample(second);
    for (std::size_t k = 0; k < size; ++k)
      result.samples.push_back(static_cast<std::uint8_t>((share * a[k] + (256 - share) * b[k] + 128) / 256));
    result.labels.push_back(dataset.labels[static_cast<std::size_t>(share >= 128 ? first : second)]);
  }
  return result;
}

}  // namespace weft
