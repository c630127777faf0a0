// Every struct of settings is taken apart into all its fields by name, so that a new field does not compile
// until it is said here whether measurements depend on it.
#include "app/flow/search_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/command.hpp"
#include "app/flow/names.hpp"
#include "model/base/error.hpp"

namespace weft::app {
namespace {

template <class... Fields>
void does_not_matter(const Fields&...) {}

std::string words_of(const TrainParams& params) {
  const auto& [epochs, batch_size, optimizer, learning_rate, momentum, weight_decay, schedule, distill,
               temperature, keep_zeros, frozen, seed, threads] = params;
  does_not_matter(threads);
  return fmt::format("{} {} {} {} {} {} {} {} {} {} [{}] {}", epochs, batch_size, name_of(optimizer),
                     learning_rate, momentum, weight_decay, name_of(schedule), distill, temperature,
                     keep_zeros, fmt::join(frozen, ","), seed);
}

std::string words_of(const compress::CompressParams& params) {
  const auto& [layers, shared_density, prune_rounds, retrain, final_epochs, criterion, factorization,
               calibration_samples, damping, clear_unused] = params;
  does_not_matter(layers, shared_density);  // those of a point are in its key
  return fmt::format("{} {} {} {} {} {} {} {}", prune_rounds, words_of(retrain), final_epochs,
                     name_of(criterion), name_of(factorization), calibration_samples, damping, clear_unused);
}

std::string words_of(const BudgetConfig& budget) {
  const auto& [cost, most_loss, most_cost, series, points, refinements, validation_samples, shift_pixels,
               fabric] = budget;
  does_not_matter(most_loss, most_cost, series, points, refinements);  // which points, not what they measure
  does_not_matter(validation_samples, shift_pixels);                   // they are in the samples' digests
  return fmt::format("{} {}", name_of(cost), fabric ? digest(*fabric).hex() : "-");
}

}  // namespace

std::string search_identity(const Network& network, const Dataset& fit, const Dataset& validation,
                            const compress::CompressParams& params, const BudgetConfig& budget) {
  return fmt::format("{} {} {} {} {} {}", digest(network).hex(), digest(fit).hex(), digest(validation).hex(),
                     words_of(params), words_of(budget), weft_version());
}

}  // namespace weft::app
