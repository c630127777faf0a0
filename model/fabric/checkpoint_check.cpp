// Whether a checkpoint is one of a given run. Each index and count is held against the image and the fabric
// before anybody follows it, and each number that a later step computes with against its range.
#include <algorithm>
#include <map>
#include <tuple>

#include "model/fabric/checkpoint.hpp"
#include "model/network/neurons/neuron_model.hpp"

namespace weft {
namespace {

std::uint64_t longest_delay(const TileImage& tile) {
  std::uint64_t longest = 0;
  for (const Delivery& delivery : tile.deliveries) longest = std::max<std::uint64_t>(longest, delivery.delay);
  return longest;
}

class Checker {
 public:
  Checker(const Checkpoint& checkpoint, const Fabric& fabric, const Image& image, const Stimulus& stimulus,
          const std::string& file)
      : checkpoint_(checkpoint), fabric_(fabric), image_(image), stimulus_(stimulus), file_(file) {}

  void same(const Digest& found, const Digest& expected, const char* what) const {
    if (found == expected) return;
    throw InputError({file_},
                     std::string("a checkpoint of a run with another ") + what + ", digest " + found.hex(),
                     expected.hex());
  }

  void sizes() const {
    const auto tiles = static_cast<std::size_t>(fabric_.tiles());
    const std::size_t ports = port_tiles(fabric_).size();
    count(checkpoint_.tiles.size(), tiles, "tiles");
    count(checkpoint_.pointers.size(), tiles * kDirections, "round-robin pointers");
    count(checkpoint_.turns.size(), tiles, "turns of cores");
    count(checkpoint_.input_free.size(), ports, "ports");
    count(checkpoint_.output_free.size(), ports, "ports' outputs");
    std::size_t spiking = 0;
    for (const TileImage& tile : image_.tiles) {
      for (const NeuronConfig& neuron : tile.core.neurons) spiking += is_spiking(neuron.model) ? 1u : 0u;
    }
    count(checkpoint_.spike_states.size(), spiking, "spiking neurons");
  }

  void progress() const {
    const std::uint64_t steps = checkpoint_.steps();
    const std::uint64_t all = count_steps(stimulus_, image_.depth_steps);
    if (steps == 0 || steps >= all)
      refuse(std::to_string(steps) + " steps done", "at least 1 and fewer than " + std::to_string(all));
    const auto& begins = checkpoint_.step_begins;
    const bool ascending =
        std::adjacent_find(begins.begin(), begins.end(), std::greater_equal<>()) == begins.end();
    if (!ascending || begins.back() >= checkpoint_.next_cycle)
      refuse("steps that do not begin one after the other", "ascending cycles");
    const std::uint64_t frames = count_frames_done(stimulus_, image_.depth_steps, steps);
    count(checkpoint_.latency_cycles.size(), frames, "frames done");
    const auto rows = std::min<std::uint64_t>(frames + 1, static_cast<std::uint64_t>(stimulus_.frames.rows));
    count(static_cast<std::size_t>(checkpoint_.outputs.rows), rows, "frames with outputs");
    count(static_cast<std::size_t>(checkpoint_.outputs.columns), image_.output_count, "outputs");
  }

  void router_state() const {
    for (const std::uint8_t pointer : checkpoint_.pointers) {
      if (pointer >= kDirections)
        refuse("a round-robin pointer of " + std::to_string(pointer),
               "0 to " + std::to_string(kDirections - 1));
    }
    for (std::size_t t = 0; t < checkpoint_.turns.size(); ++t) {
      const std::size_t cores = image_.tiles[TileId(static_cast<std::uint32_t>(t))].core.cores();
      if (checkpoint_.turns[t] != 0 && checkpoint_.turns[t] >= cores)
        refuse("the turn of core " + std::to_string(checkpoint_.turns[t]) + " of tile " + std::to_string(t),
               "one of its " + std::to_string(cores));
    }
    const std::uint64_t latest =
        checkpoint_.next_cycle + static_cast<std::uint64_t>(fabric_.ports.cycles_per_flit);
    for (const auto* free : {&checkpoint_.input_free, &checkpoint_.output_free}) {
      for (const std::uint64_t cycle : *free) {
        if (cycle > latest)
          refuse("a port that is busy until cycle " + std::to_string(cycle),
                 "at most " + std::to_string(latest));
      }
    }
  }

  static bool can_arrive(const TileImage& tile, std::uint32_t axon) {
    const auto axons = static_cast<std::uint32_t>(tile.core.axons());
    return axon < axons || std::any_of(tile.deliveries.begin(), tile.deliveries.end(),
                                       [&](const Delivery& d) { return d.to_sum && d.axon == axon - axons; });
  }

  void pending() const {
    const auto order = [](const PendingValue& value) {
      return std::make_tuple(value.tile.value(), value.step, value.axon);
    };
    const PendingValue* last = nullptr;
    for (const PendingValue& value : checkpoint_.pending) {
      if (!image_.tiles.contains(value.tile) || !image_.tiles[value.tile].core.used() ||
          !can_arrive(image_.tiles[value.tile], value.axon)) {
        refuse("a value for axon " + std::to_string(value.axon) + " of tile " +
                   std::to_string(value.tile.value()),
               "an axon of the image, or one of its sums behind them");
      }
      // Sent in the last step done at the latest, it arrives within the longest delay after that.
      const std::uint64_t next = checkpoint_.steps();
      const std::uint64_t delay = longest_delay(image_.tiles[value.tile]);
      if (value.step < next || value.step - next >= delay) {
        refuse("a value for step " + std::to_string(value.step),
               "one of the " + std::to_string(delay) + " steps from " + std::to_string(next) + " on");
      }
      if (last != nullptr && order(*last) >= order(value))
        refuse("values in disorder", "ascending tiles, steps and axons");
      last = &value;
    }
    for (const SpikeState& state : checkpoint_.spike_states) {
      if (state.rest < 0 || state.rest > 0xffff)
        refuse(std::to_string(state.rest) + " refractory steps left", "0 to 65535");
    }
  }

  void credits() const {
    const auto order = [](const PendingCredit& credit) {
      return std::make_tuple(credit.cycle, credit.tile.value(), credit.side);
    };
    const std::uint64_t first = checkpoint_.next_cycle;
    const auto delay = static_cast<std::uint64_t>(fabric_.router.credit_cycles);
    const PendingCredit* last = nullptr;
    for (const PendingCredit& credit : checkpoint_.credits) {
      if (fabric_.step.synchronization != Synchronization::Tick)
        refuse("a credit on its way", "none but at the end of a tick");
      if (!image_.tiles.contains(credit.tile) || credit.side < Direction::North ||
          credit.side > Direction::West || !has_neighbor(fabric_, credit.tile, credit.side)) {
        refuse("a credit of side " + std::to_string(static_cast<int>(credit.side)) + " of tile " +
                   std::to_string(credit.tile.value()),
               "a side with a neighbor");
      }
      if (credit.cycle < first || credit.cycle - first >= delay)
        refuse("a credit that is home in cycle " + std::to_string(credit.cycle),
               "one of the " + std::to_string(delay) + " cycles from " + std::to_string(first) + " on");
      if (last != nullptr && order(*last) >= order(credit))
        refuse("credits in disorder", "ascending cycles, tiles and sides");
      last = &credit;
    }
    held_credits();
  }

 private:
  void held_credits() const {
    std::map<std::pair<std::uint32_t, Direction>, int> held;
    for (const PendingCredit& credit : checkpoint_.credits) {
      const int slots = ++held[{credit.tile.value(), credit.side}];
      if (slots > fabric_.router.buffer_depth)
        refuse(std::to_string(slots) + " credits of one buffer",
               "at most " + std::to_string(fabric_.router.buffer_depth));
    }
  }
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw InputError({file_}, found, expected);
  }
  void count(std::size_t found, std::size_t expected, const char* what) const {
    if (found != expected) refuse(std::to_string(found) + " " + what, std::to_string(expected));
  }

  const Checkpoint& checkpoint_;
  const Fabric& fabric_;
  const Image& image_;
  const Stimulus& stimulus_;
  const std::string& file_;
};

}  // namespace

Digest digest(const Stimulus& stimulus) {
  DigestBuilder builder;
  builder.add(stimulus.interval_steps).add(stimulus.frame_steps);
  builder.add(stimulus.frames.rows).add(stimulus.frames.columns).add_array(stimulus.frames.values);
  builder.add_array(stimulus.event_begin);
  std::vector<std::int64_t> events;
  events.reserve(2 * stimulus.events.size());
  for (const InputEvent& event : stimulus.events) {
    events.push_back(event.input);
    events.push_back(event.value);
  }
  return builder.add_array(events).finish();
}

std::uint64_t count_steps(const Stimulus& stimulus, int depth_steps) {
  if (stimulus.frames.rows == 0) return 0;
  return static_cast<std::uint64_t>(stimulus.frames.rows - 1) *
             static_cast<std::uint64_t>(stimulus.interval_steps) +
         static_cast<std::uint64_t>(stimulus.frame_steps) + static_cast<std::uint64_t>(depth_steps);
}

std::uint64_t count_frames_done(const Stimulus& stimulus, int depth_steps, std::uint64_t steps) {
  const auto first_done =
      static_cast<std::uint64_t>(stimulus.frame_steps) + static_cast<std::uint64_t>(depth_steps);
  if (steps < first_done) return 0;
  const std::uint64_t done = (steps - first_done) / static_cast<std::uint64_t>(stimulus.interval_steps) + 1;
  return std::min(done, static_cast<std::uint64_t>(stimulus.frames.rows));
}

void check_checkpoint(const Checkpoint& checkpoint, const Fabric& fabric, const Image& image,
                      const Stimulus& stimulus, const Digest& stalls, const std::string& file) {
  const Checker check(checkpoint, fabric, image, stimulus, file);
  check.same(checkpoint.fabric, digest(fabric), "fabric");
  check.same(checkpoint.image, digest(image), "image");
  check.same(checkpoint.stimulus, digest(stimulus), "stimulus");
  check.same(checkpoint.stalls, stalls, "choice of random stalls");
  check.sizes();
  check.progress();
  check.router_state();
  check.pending();
  check.credits();
}

}  // namespace weft
