// sim/TIMING.md as a program. The section that a part is made from stands beside it. A cycle has three parts:
// what arrives at its start, what is decided on the state as it then is (const), and what is thereby changed
// for the next.
#include "tests/reference/cycle_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/reference/cycle_model_state.hpp"

namespace weft::test {
namespace {

using namespace cycle;

std::int32_t updated_value(const NeuronConfig& neuron, const Image& image, std::int64_t potential) {
  const std::int64_t unit = std::int64_t{1} << neuron.shift;
  const std::int64_t sum = potential + neuron.bias + (neuron.shift > 0 ? unit / 2 : 0);
  std::int64_t q = sum / unit;
  if (sum % unit < 0) --q;  // the shift rounds down, the division towards zero
  if (neuron.model == NeuronModel::Table) {
    if (q < -128) q = -128;
    if (q > 127) q = 127;
    return image.tables.at(neuron.table).at(static_cast<std::size_t>(q + 128));
  }
  if (q < neuron.minimum) q = neuron.minimum;
  if (q > neuron.maximum) q = neuron.maximum;
  return static_cast<std::int32_t>(q);
}

std::uint64_t mix(std::uint64_t z) {
  z = z + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

class CycleModel {
 public:
  CycleModel(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
             const CycleModelParams& params)
      : fabric_(fabric), image_(image), stimulus_(stimulus), params_(params), ports_(port_tiles(fabric)) {
    tiles_.resize(static_cast<std::size_t>(fabric.tiles()));
    for (int t = 0; t < fabric.tiles(); ++t) {
      Tile& tile = tiles_[index(t)];
      tile.used = core(t).used();
      tile.memory.resize(core(t).neurons.size());
      for (int side = 0; side < kSides; ++side) {
        tile.exists[index(side)] = side == kLocal || (is_link(side) && neighbor_of(t, side) >= 0);
        tile.credits[index(side)] = fabric.router.buffer_depth;
      }
    }
    for (const TileId port : ports_) tiles_[port.index()].exists[kEdge] = true;
    outcome_.tiles = IdVector<TileId, TileCounters>(tiles_.size());
    outcome_.outputs.columns = image.output_count;
  }

  Outcome run() {
    const auto frames = static_cast<std::uint64_t>(stimulus_.frames.rows);
    const auto interval = static_cast<std::uint64_t>(stimulus_.interval_steps);
    const auto depth = static_cast<std::uint64_t>(image_.depth_steps);
    const auto frame_steps = static_cast<std::uint64_t>(stimulus_.frame_steps);
    const std::uint64_t steps = frames == 0 ? 0 : (frames - 1) * interval + frame_steps + depth;
    std::vector<Cycle> begin;  // T
    if (params_.signals != nullptr && frames > 0) {
      params_.signals->signals = list_signals(fabric_, image_, tiles_, steps, frames);
    }
    Cycle c = 0;
    for (step_ = 0; step_ < steps; ++step_) {
      begin.push_back(c);
      step_outputs_.clear();
      last_output_ = 0;
      any_output_ = false;
      frame_ = std::min(step_ / interval, frames - 1);
      tell(c, 0, EventKind::StepBegin, static_cast<std::uint32_t>(step_), 0);
      arrive(c);
      begin_step(c, step_ / interval < frames && step_ % interval < frame_steps);
      Cycle last = c;  // L(t)
      work(c);
      for (++c; arrive(c), !quiet(); ++c) {
        if (c > params_.max_cycles) throw std::runtime_error("the model does not come to an end");
        last = c;
        work(c);
      }
      check_conservation();
      tell(last, 0, EventKind::StepEnd, static_cast<std::uint32_t>(step_), 0);
      for (Cycle pause = last; pause < last + static_cast<Cycle>(fabric_.step.barrier_cycles); ++pause)
        rest();
      c = last + 1 + static_cast<Cycle>(fabric_.step.barrier_cycles);
      outcome_.step_cycles.push_back(c - begin.back());
      if (step_ < depth || (step_ - depth) % interval >= frame_steps) continue;
      for (const auto& [output, value] : step_outputs_) {
        frame_outputs_[output] = within_32_bits(frame_outputs_[output] + value);
      }
      if ((step_ - depth) % interval + 1 == frame_steps) {
        finish_frame(begin[step_ - depth - (frame_steps - 1)], any_output_ ? last_output_ : last);
      }
    }
    outcome_.steps = outcome_.step_cycles.size();
    for (const std::uint64_t length : outcome_.step_cycles) outcome_.cycles += length;
    return outcome_;
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  const ImageSpikeRule& rule_of(const NeuronConfig& neuron) const {
    return image_.spike_rules.at(neuron.table);
  }
  const CoreImage& core(int t) const { return image_.tiles[TileId(static_cast<std::uint32_t>(t))].core; }
  TileCounters& count(int t) { return outcome_.tiles[TileId(static_cast<std::uint32_t>(t))]; }

  int neighbor_of(int t, int side) const {
    const int x = t % fabric_.width + (side == kEast ? 1 : side == kWest ? -1 : 0);
    const int y = t / fabric_.width + (side == kSouth ? 1 : side == kNorth ? -1 : 0);
    if (x < 0 || y < 0 || x >= fabric_.width || y >= fabric_.height) return -1;
    return x + fabric_.width * y;
  }

  const RouteEntry& entry(int t, std::uint32_t key) const {
    for (const RouteEntry& route : image_.tiles[TileId(static_cast<std::uint32_t>(t))].routes) {
      if (route.key.value() == key) return route;
    }
    throw std::logic_error("no route for a flit in tile " + std::to_string(t));
  }
  static bool leads(const RouteEntry& route, int side) { return (route.directions >> side & 1) != 0; }

  // ---- section 1, the start of a cycle ----

  void arrive(Cycle c) {
    for (const OnLink& flying : links_) {
      if (flying.arrives != c) continue;
      tiles_[index(flying.tile)].input[index(flying.side)].push_back(flying.flit);
      const RouteEntry& route = entry(flying.tile, flying.flit.key);
      for (int side = 0; side < kSides; ++side) copies_ += leads(route, side) ? 1 : 0;
      --copies_;
    }
    links_.erase(
        std::remove_if(links_.begin(), links_.end(), [c](const OnLink& f) { return f.arrives == c; }),
        links_.end());
    for (const CreditOnWay& credit : credits_) {
      if (credit.due == c) ++tiles_[index(credit.tile)].credits[index(credit.side)];
    }
    credits_.erase(
        std::remove_if(credits_.begin(), credits_.end(), [c](const CreditOnWay& k) { return k.due == c; }),
        credits_.end());
  }

  // ---- section 2 ----

  void begin_step(Cycle c, bool frame_enters) {
    for (int t = 0; t < fabric_.tiles(); ++t) {
      Tile& tile = tiles_[index(t)];
      if (!tile.used) continue;
      tile.idle = false;
      tile.next_neuron = 0;
      tile.potential.assign(core(t).neurons.size(), 0);
      tile.rows_end = c;
      tile.rows.clear();
      for (const auto& [axon, value] : tile.axons[step_]) {
        const std::uint32_t first = core(t).row_begin[index(axon)];
        const std::uint32_t end = core(t).row_begin[index(axon) + 1];
        const Cycle row_begins = tile.rows_end;
        tell(row_begins, t, EventKind::Row, static_cast<std::uint32_t>(axon), value);
        tile.rows_end += static_cast<Cycle>(row_cycles(fabric_.core, end - first));
        tile.rows.push_back({row_begins, tile.rows_end, axon});
        for (std::uint32_t s = first; s < end; ++s) {
          tile.potential[core(t).neuron[s]] += std::int64_t{core(t).weight[s]} * value;
        }
        count(t).rows += 1;
        count(t).synaptic_ops += end - first;
      }
      tile.axons.erase(step_);
      for (std::size_t n = 0; n < tile.memory.size(); ++n) {
        if (!is_spiking(core(t).neurons[n].model)) continue;
        const auto interval = static_cast<std::uint64_t>(stimulus_.interval_steps);
        if (begins_frame(rule_of(core(t).neurons[n]), step_, interval)) tile.memory[n] = {};
      }
    }
    if (!frame_enters) return;
    std::vector<std::int32_t> inputs(image_.input_count);
    const auto interval = static_cast<std::uint64_t>(stimulus_.interval_steps);
    stimulus_.read_step(static_cast<std::int64_t>(step_ / interval), static_cast<int>(step_ % interval),
                        inputs.data());
    for (const InputBinding& binding : image_.inputs) {
      const std::int32_t value = inputs[binding.input];
      if (value == 0) continue;
      tiles_[ports_[binding.port.index()].index()].to_inject.push_back({binding.key.value(), value, 0});
    }
  }

  bool quiet() const {
    if (!links_.empty() || !credits_.empty()) return false;
    for (const Tile& tile : tiles_) {
      if (!tile.idle || !tile.queue.empty() || !tile.to_inject.empty()) return false;
      for (const std::deque<Flit>& input : tile.input) {
        if (!input.empty()) return false;
      }
    }
    return true;
  }

  // ---- one cycle: decide everything on the state at its start, then change the state ----

  void work(Cycle c) {
    const std::vector<Tile> before = params_.signals == nullptr ? std::vector<Tile>() : tiles_;
    SideActions sides(tiles_.size());
    std::vector<Grant> grants;
    std::vector<int> moves, injections;
    std::vector<int> free_slots;
    for (int t = 0; t < fabric_.tiles(); ++t) {
      const Tile& tile = tiles_[index(t)];
      for (int side = 0; side < kSides; ++side) {
        decide_grant(c, t, side, grants);
        for (int input = 0; input < kSides && params_.signals != nullptr; ++input) {
          if (requests(c, tile, t, input, side)) sides[index(t)][index(side)].requested = true;
        }
      }
      const auto depth = static_cast<std::size_t>(fabric_.router.buffer_depth);
      if (!tile.queue.empty() && tile.input[kLocal].size() < depth) moves.push_back(t);  // section 5
      if (!tile.to_inject.empty() && tile.input[kEdge].size() < depth &&
          c >= tile.inject_free) {  // section 6
        injections.push_back(t);
      }
      free_slots.push_back(fabric_.core.output_queue - static_cast<int>(tile.queue.size()));
    }
    for (const Grant& grant : grants) {
      apply_grant(c, grant);
      sides[index(grant.tile)][index(grant.output)].granted = true;
    }
    for (const Grant& grant : grants) leave_if_done(c, grant.tile, grant.input);
    for (int t = 0; t < fabric_.tiles(); ++t) work_core(c, t, free_slots[index(t)]);
    for (const int t : moves) {
      const Message message = take(tiles_[index(t)].queue);
      links_.push_back({c + 1, t, kLocal, {message.key, message.value, c + 1, {}}});
      count(t).messages += 1;
      tell(c, t, EventKind::Send, message.key, message.value);
    }
    for (const int t : injections) {
      const Message message = take(tiles_[index(t)].to_inject);
      tiles_[index(t)].inject_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
      links_.push_back({c + 1, t, kEdge, {message.key, message.value, c + 1, {}}});
      count(t).injected += 1;
      tell(c, t, EventKind::Inject, message.key, message.value);
    }
    if (params_.signals != nullptr) {
      params_.signals->cycles.push_back(signal_values(step_, frame_, before, tiles_, sides));
    }
  }

  // A cycle of the barrier.
  void rest() {
    if (params_.signals == nullptr) return;
    for (Tile& tile : tiles_) tile.action = {};
    params_.signals->cycles.push_back(
        signal_values(step_, frame_, tiles_, tiles_, SideActions(tiles_.size())));
  }

  void tell(Cycle c, int t, EventKind kind, std::uint32_t subject, std::int32_t value, int detail = 0) const {
    if (params_.events == nullptr) return;
    params_.events->push_back(
        {c, TileId(static_cast<std::uint32_t>(t)), kind, static_cast<std::uint8_t>(detail), subject, value});
  }

  static Message take(std::deque<Message>& list) {
    const Message first = list.front();
    list.pop_front();
    return first;
  }

  // ---- section 3 ----

  bool requests(Cycle c, const Tile& tile, int t, int input, int output) const {
    if (tile.input[index(input)].empty()) return false;
    const Flit& head = tile.input[index(input)].front();
    if (c < head.arrived + static_cast<Cycle>(fabric_.router.pipeline_cycles)) return false;
    return leads(entry(t, head.key), output) && !head.sent[index(output)];
  }

  bool blocked(Cycle c, int t, int side) const {
    const auto limit = static_cast<std::uint64_t>(params_.stall_share * 4294967296.0);
    return (stall_hash(params_.stall_seed, c, static_cast<std::uint64_t>(t),
                       static_cast<std::uint64_t>(side)) >>
            32) < limit;
  }

  void decide_grant(Cycle c, int t, int output, std::vector<Grant>& grants) const {
    const Tile& tile = tiles_[index(t)];
    if (!tile.exists[index(output)]) return;
    if (is_link(output) && tile.credits[index(output)] == 0) return;
    if (output == kEdge && c < tile.edge_free) return;
    if (blocked(c, t, output)) return;
    for (int i = 0; i < kSides; ++i) {
      const int input = (tile.pointer[index(output)] + i) % kSides;
      if (!requests(c, tile, t, input, output)) continue;
      grants.push_back({t, output, input});
      return;
    }
  }

  void apply_grant(Cycle c, const Grant& grant) {
    Tile& tile = tiles_[index(grant.tile)];
    Flit& flit = tile.input[index(grant.input)].front();
    flit.sent[index(grant.output)] = true;
    tile.pointer[index(grant.output)] = (grant.input + 1) % kSides;
    count(grant.tile).flits[index(grant.output)] += 1;
    if (grant.output == kLocal) {
      deliver(c, grant.tile, flit);
    } else if (grant.output == kEdge) {
      tile.edge_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
      tell(c, grant.tile, EventKind::Output, flit.key, flit.value);
      emit(c, grant.tile, flit);
    } else {
      tell(c, grant.tile, EventKind::Hop, flit.key, flit.value, grant.output);
      tile.credits[index(grant.output)] -= 1;
      const Cycle arrives = c + static_cast<Cycle>(fabric_.router.link_cycles);
      links_.push_back({arrives,
                        neighbor_of(grant.tile, grant.output),
                        across(grant.output),
                        {flit.key, flit.value, arrives, {}}});
    }
  }

  void leave_if_done(Cycle c, int t, int input) {
    std::deque<Flit>& buffer = tiles_[index(t)].input[index(input)];
    // Several sides may have been granted to this head in this cycle: the first look removes it, and the flit
    // behind it, which got nothing in this cycle, has never been sent to all its sides.
    if (buffer.empty()) return;
    const RouteEntry& route = entry(t, buffer.front().key);
    for (int side = 0; side < kSides; ++side) {
      if (leads(route, side) && !buffer.front().sent[index(side)]) return;
    }
    buffer.pop_front();
    if (!is_link(input)) return;
    credits_.push_back(
        {c + static_cast<Cycle>(fabric_.router.credit_cycles), neighbor_of(t, input), across(input)});
  }

  void deliver(Cycle c, int t, const Flit& flit) {
    const RouteEntry& route = entry(t, flit.key);
    tell(c, t, EventKind::Arrive, flit.key, flit.value);
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const Delivery& delivery = image_.tiles[TileId(static_cast<std::uint32_t>(t))].deliveries[d];
      const bool first =
          tiles_[index(t)].axons[step_ + delivery.delay].emplace(delivery.axon, flit.value).second;
      if (!first) throw std::logic_error("two deliveries for one axon and step");
      count(t).deliveries += 1;
      tell(c, t, EventKind::Deliver, delivery.axon, flit.value, delivery.delay);
    }
  }

  // ---- section 4; `free_slots` of the queue at the start of the cycle ----

  void work_core(Cycle c, int t, int free_slots) {
    Tile& tile = tiles_[index(t)];
    tile.action = {};
    if (tile.idle) return;
    count(t).busy_cycles += 1;
    if (c < tile.rows_end) {
      for (const Row& row : tile.rows) {
        if (row.begin <= c && c < row.end) tile.action = {CoreAction::Rows, row.axon, 0};
      }
      return;
    }
    if (tile.left_over.empty()) update_group(c, t, tile);
    for (; free_slots > 0 && !tile.left_over.empty(); --free_slots)
      tile.queue.push_back(take(tile.left_over));
    tile.action = {CoreAction::Update, 0, static_cast<int>(tile.group_begin)};
    if (!tile.left_over.empty()) {
      tile.action.state = CoreAction::Stall;
      count(t).stall_cycles += 1;
      tell(c, t, EventKind::Stall, tile.left_over.front().neuron, 0);
    } else if (tile.next_neuron == core(t).neurons.size()) {
      tile.idle = true;
    }
  }

  void update_group(Cycle c, int t, Tile& tile) {
    tile.group_begin = tile.next_neuron;
    for (int lane = 0; lane < fabric_.core.neuron_lanes; ++lane) {
      if (tile.next_neuron == core(t).neurons.size()) return;
      const auto number = static_cast<std::uint32_t>(tile.next_neuron);
      const NeuronConfig& neuron = core(t).neurons[number];
      const std::int32_t value =
          is_spiking(neuron.model)
              ? spiking_value(neuron, rule_of(neuron).spike, tile.potential[number], tile.memory[number])
              : updated_value(neuron, image_, tile.potential[number]);
      tile.next_neuron += 1;
      count(t).neuron_updates += 1;
      if (value != 0) tell(c, t, EventKind::Update, number, value);
      if (value != 0 && neuron.key != kNoKey) tile.left_over.push_back({neuron.key.value(), value, number});
    }
  }

  // ---- section 7 ----

  void emit(Cycle c, int t, const Flit& flit) {
    for (const OutputBinding& binding : image_.outputs) {
      if (binding.key.value() != flit.key || ports_[binding.port.index()].index() != index(t)) continue;
      step_outputs_[binding.output] = flit.value;
      last_output_ = c;
      any_output_ = true;
    }
  }

  void finish_frame(Cycle entered, Cycle left) {
    for (std::uint32_t o = 0; o < image_.output_count; ++o)
      outcome_.outputs.values.push_back(static_cast<std::int32_t>(frame_outputs_[o]));
    frame_outputs_.clear();
    outcome_.outputs.rows += 1;
    outcome_.latency_cycles.push_back(left - entered + 1);
  }

  void check_conservation() const {
    std::uint64_t in = copies_;
    std::uint64_t out = 0;
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
      const TileCounters& counters = outcome_.tiles[TileId(static_cast<std::uint32_t>(t))];
      in += counters.injected + counters.messages;
      out += counters.flits[kLocal] + counters.flits[kEdge];
      for (const int credits : tiles_[t].credits) {
        if (credits != fabric_.router.buffer_depth) throw std::logic_error("a credit is lost");
      }
    }
    if (in != out) throw std::logic_error("flits in and out differ");
  }

  const Fabric& fabric_;
  const Image& image_;
  const Stimulus& stimulus_;
  const CycleModelParams params_;
  const std::vector<TileId> ports_;
  std::vector<Tile> tiles_;
  std::vector<OnLink> links_;
  std::vector<CreditOnWay> credits_;
  std::uint64_t step_ = 0;
  std::uint64_t frame_ = 0;  // the latest that has entered
  std::uint64_t copies_ = 0;
  std::map<std::uint32_t, std::int32_t> step_outputs_;
  std::map<std::uint32_t, std::int64_t> frame_outputs_;
  Cycle last_output_ = 0;
  bool any_output_ = false;
  Outcome outcome_;
};

}  // namespace

std::uint64_t stall_hash(std::uint64_t seed, std::uint64_t cycle, std::uint64_t tile, std::uint64_t side) {
  return mix(mix(seed) ^ (cycle * (std::uint64_t{1} << 19) + tile * 8 + side));
}

Outcome run_cycle_model(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                        const CycleModelParams& params) {
  return CycleModel(fabric, image, stimulus, params).run();
}

}  // namespace weft::test
