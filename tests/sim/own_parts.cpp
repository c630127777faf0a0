// See own_parts.hpp. Written from the page: plain queues and maps, a cycle at each rising edge.
#include "tests/sim/own_parts.hpp"

#include <algorithm>

#include "model/fabric/link.hpp"

namespace weft::sim {

OwnCore::OwnCore(const sc_core::sc_module_name& name, CoreAdapter& wires, const OpenFabric& fabric,
                 const CoreImage& image)
    : sc_module(name), wires_(wires), spec_(fabric.fabric().core), image_(image) {
  SC_METHOD(run);
  sensitive << clk.pos();
  dont_initialize();
}

void OwnCore::begin_step(std::uint64_t step) {
  step_ = step;
  sums_.assign(image_.neurons.size(), 0);
  for (const auto& [neuron, value] : added_[step]) sums_[neuron] += value;
  added_.erase(step);
  next_update_ = cycle_;
  for (const auto& [axon, value] : axons_[step]) {
    const std::uint32_t end = image_.row_begin[axon + 1];
    for (std::uint32_t s = image_.row_begin[axon]; s < end; ++s)
      sums_[image_.neuron[s]] += value * image_.weight[s];
    next_update_ += static_cast<std::uint64_t>(row_cycles(spec_, end - image_.row_begin[axon]));
  }
  axons_.erase(step);
  group_ = 0;
  busy_ = true;
}

void OwnCore::hand_over(std::size_t free) {
  const auto lanes = static_cast<std::uint32_t>(spec_.neuron_lanes);
  const auto neurons = static_cast<std::uint32_t>(image_.neurons.size());
  if (left_over_.empty()) {
    for (std::uint32_t n = group_ * lanes; n < std::min(neurons, (group_ + 1) * lanes); ++n) {
      const NeuronConfig& neuron = image_.neurons[n];
      const std::int32_t value = std::clamp(sums_[n] + neuron.bias, neuron.minimum, neuron.maximum);
      if (value != 0 && neuron.key != kNoKey) left_over_.push_back({n, neuron.key.value(), value});
    }
    ++group_;
  }
  for (; free > 0 && !left_over_.empty(); --free) {
    queue_.push_back(left_over_.front());
    left_over_.pop_front();
  }
  if (left_over_.empty() && group_ * lanes >= neurons) busy_ = false;
}

void OwnCore::run() {
  const std::size_t free = static_cast<std::size_t>(spec_.output_queue) - queue_.size();
  if (wires_.out_valid.read() && wires_.out_ready.read()) queue_.pop_front();
  if (wires_.in_valid.read()) {
    for (const Delivery& delivery : wires_.deliveries(wires_.in_key.read()))
      (delivery.to_sum ? added_ : axons_)[step_ + delivery.delay][delivery.axon] += wires_.in_value.read();
  }
  if (wires_.step_begin.read()) begin_step(wires_.step.read());
  if (busy_ && cycle_ >= next_update_) hand_over(free);
  wires_.out_valid.write(!queue_.empty());
  if (!queue_.empty()) {
    wires_.out_key.write(queue_.front().key);
    wires_.out_value.write(queue_.front().value);
  }
  wires_.busy.write(busy_);
  ++cycle_;
}

OwnRouter::OwnRouter(const sc_core::sc_module_name& name, RouterAdapter& wires, const Fabric& fabric)
    : sc_module(name), wires_(wires), fabric_(fabric) {
  credits_.fill(fabric.router.buffer_depth);
  SC_METHOD(run);
  sensitive << clk.pos();
  dont_initialize();
}

void OwnRouter::run() {
  for (int s = 0; s < kDirections; ++s) {
    const auto side = static_cast<Direction>(s);
    const auto i = static_cast<std::size_t>(s);
    if (!wires_.has(side)) continue;
    RouterAdapter::Link& link = wires_.link(side);
    if (link.in_valid.read())
      buffers_[i].push_back(
          {cycle_, link.in_key.read(), link.in_value.read(), wires_.sides(link.in_key.read())});
    if (link.out_credit.read()) ++credits_[i];
    link.out_valid.write(false);
    link.in_credit.write(false);
  }
  const auto pipeline = static_cast<std::uint64_t>(fabric_.router.pipeline_cycles);
  std::array<unsigned, kDirections> requests{};
  for (std::size_t i = 0; i < kDirections; ++i) {
    if (!buffers_[i].empty() && buffers_[i].front().arrived + pipeline <= cycle_)
      requests[i] = buffers_[i].front().sides;
  }
  for (int s = 0; s < kDirections; ++s) {
    const auto out = static_cast<std::size_t>(s);
    const auto side = static_cast<Direction>(s);
    const bool mesh = side != Direction::Local && side != Direction::Edge;
    if ((mesh && credits_[out] == 0) || cycle_ < free_[out]) continue;
    for (int k = 0; k < kDirections; ++k) {
      const auto in = static_cast<std::size_t>((pointer_[out] + k) % kDirections);
      if ((requests[in] >> s & 1u) == 0) continue;
      if (fabric_.router.arbitration == Arbitration::RoundRobin)
        pointer_[out] = static_cast<int>(in + 1) % kDirections;
      buffers_[in].front().sides &= ~(1u << s);
      RouterAdapter::Link& link = wires_.link(side);
      link.out_valid.write(true);
      link.out_key.write(buffers_[in].front().key);
      link.out_value.write(buffers_[in].front().value);
      if (mesh) --credits_[out];
      if (mesh) free_[out] = cycle_ + static_cast<std::uint64_t>(flit_cycles(fabric_.router));
      if (side == Direction::Edge)
        free_[out] = cycle_ + static_cast<std::uint64_t>(fabric_.ports.cycles_per_flit);
      break;
    }
  }
  for (std::size_t i = 0; i < kDirections; ++i) {
    if (requests[i] == 0 || buffers_[i].front().sides != 0) continue;
    buffers_[i].pop_front();
    wires_.link(static_cast<Direction>(i)).in_credit.write(true);
  }
  ++cycle_;
}

Player::Player(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile, const Image& image,
               const Stimulus& stimulus)
    : sc_module(name), image_(image), stimulus_(stimulus) {
  const auto ports = port_tiles(fabric.fabric());
  port_ = PortId(static_cast<std::uint32_t>(std::find(ports.begin(), ports.end(), tile) - ports.begin()));
  EdgePins& pins = fabric.port(fabric.fabric().x(tile), fabric.fabric().y(tile));
  pins.in_valid(valid_);
  pins.in_key(key_);
  pins.in_value(value_);
  pins.in_ready(ready_);
  fill(0);
  SC_METHOD(run);
  sensitive << clk.pos();
}

void Player::fill(std::uint64_t step) {
  filled_ = step;
  flits_.clear();
  const auto interval = static_cast<std::uint64_t>(stimulus_.interval_steps);
  const std::uint64_t frame = step / interval;
  if (frame >= static_cast<std::uint64_t>(stimulus_.frames.rows) ||
      step % interval >= static_cast<std::uint64_t>(stimulus_.frame_steps)) {
    return;
  }
  std::vector<std::int32_t> values(image_.input_count);
  stimulus_.read_step(static_cast<std::int64_t>(frame), static_cast<int>(step % interval), values.data());
  for (const InputBinding& input : image_.inputs) {
    if (input.port == port_ && values[input.input] != 0)
      flits_.emplace_back(input.key.value(), values[input.input]);
  }
}

void Player::run() {
  // Also the initialization: the first flit is offered at the first edge.
  if (valid_.read() && ready_.read() && clk.posedge()) flits_.pop_front();
  if (clk.posedge() && !step_active.read() && step_number.read() != filled_) fill(step_number.read());
  valid_.write(!flits_.empty());
  if (flits_.empty()) return;
  key_.write(flits_.front().first);
  value_.write(flits_.front().second);
}

Taker::Taker(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile, int pause)
    : sc_module(name), pause_(pause) {
  EdgePins& pins = fabric.port(fabric.fabric().x(tile), fabric.fabric().y(tile));
  pins.out_valid(valid_);
  pins.out_key(key_);
  pins.out_value(value_);
  pins.out_ready(ready_);
  SC_METHOD(run);
  sensitive << clk.pos();
}

void Taker::run() {
  if (clk.posedge()) {
    if (wait_ > 0) --wait_;
    if (valid_.read() && ready_.read()) {
      taken.emplace_back(key_.read(), value_.read());
      wait_ = pause_;
    }
  }
  ready_.write(wait_ == 0);
}

}  // namespace weft::sim
