// The clocked process of a fabric among other modules: pins are read, a cycle is run, pins are written, all
// at one edge. Invariant: pins and the engine's wires of guests hold the same; nothing but sample() and
// drive() moves them.
#include "sim/open_fabric.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/base/error.hpp"
#include "sim/engine/accept.hpp"

namespace weft::sim {
namespace {

Image empty_image(const Fabric& fabric) {
  Image image;
  image.fabric = digest(fabric);
  image.tiles.resize(static_cast<std::size_t>(fabric.tiles()));
  return image;
}

const Fabric& valid(const Fabric& fabric) {
  const auto violations = validate(fabric);
  if (!violations.empty()) throw InputError({fabric.name, 0, 0}, "not valid:\n" + describe(violations));
  return fabric;
}

template <class T>
void write(OptionalOut<T>& pin, T value) {
  if (pin.size() > 0) pin[0]->write(value);
}

FlitWires read(const OptionalIn<bool>& valid, const OptionalIn<std::uint32_t>& key,
               const OptionalIn<std::int32_t>& value) {
  return {valid[0]->read(), key[0]->read(), value[0]->read()};
}

FlitWires read(const sc_core::sc_signal<bool>& valid, const sc_core::sc_signal<std::uint32_t>& key,
               const sc_core::sc_signal<std::int32_t>& value) {
  return {valid.read(), key.read(), value.read()};
}

// A channel's pins are bound together. True if they are.
bool bound_whole(const std::string& port, const char* channel, std::initializer_list<int> sizes) {
  int bound = 0;
  for (const int size : sizes) bound += size > 0 ? 1 : 0;
  if (bound == 0 || bound == static_cast<int>(sizes.size())) return bound != 0;
  throw InputError({port, 0, 0},
                   fmt::format("{} of the {} pins {}_* are bound", bound, sizes.size(), channel),
                   "all of them or none");
}

}  // namespace

OpenFabric::OpenFabric(const sc_core::sc_module_name& name, const Fabric& fabric,
                       const OpenFabricParams& params)
    : FabricModule(name, valid(fabric), sc_core::sc_time(1.0 / fabric.clock_hz, sc_core::SC_SEC)),
      fabric_(fabric),
      params_(params) {
  run_params_.stall_share = params.stall_share;
  run_params_.stall_seed = params.stall_seed;
  run_params_.watchdog_cycles = params.watchdog_cycles;
  require_usable(run_params_);
  begin(make_run(empty_image(fabric), {}, nullptr, nullptr));
}

OpenFabric::~OpenFabric() = default;

TileId OpenFabric::tile_at(int x, int y) const {
  if (x < 0 || y < 0 || x >= fabric_.width || y >= fabric_.height) {
    throw InputError({name(), 0, 0}, fmt::format("tile {}, {}", x, y),
                     fmt::format("x of 0 to {} and y of 0 to {}", fabric_.width - 1, fabric_.height - 1));
  }
  return fabric_.tile(x, y);
}

EdgePins& OpenFabric::port(int x, int y) {
  const TileId id = tile_at(x, y);
  if (tile(id).port == nullptr) {
    throw InputError({fmt::format("{}.{}", name(), tile_name(fabric_, id)), 0, 0}, "a tile without a port",
                     "a tile at a side of the grid where ports are");
  }
  return *tile(id).port->pins;
}

void OpenFabric::check_place(TileId id, bool is_router) const {
  if (id.index() >= static_cast<std::size_t>(fabric_.tiles())) {
    throw InputError({name(), 0, 0}, fmt::format("tile {}", id.value()),
                     fmt::format("a number of 0 to {}", fabric_.tiles() - 1));
  }
  const SourcePosition where{fmt::format("{}.{}", name(), tile_name(fabric_, id)), 0, 0};
  if (elaborated_)
    throw InputError(where, "a module put in place after the simulation has started", "one put there before");
  for (const CoreAdapter* other : core_adapters_) {
    if (other->tile() != id) continue;
    throw InputError(where,
                     is_router ? "a module for the router of a tile whose core is replaced as well"
                               : "a second module for its core",
                     "one module in a tile");
  }
  for (const RouterAdapter* other : router_adapters_) {
    if (other->tile() != id) continue;
    throw InputError(where,
                     is_router ? "a second module for its router"
                               : "a module for the core of a tile whose router is replaced as well",
                     "one module in a tile");
  }
}

std::unique_ptr<OpenFabric::Loaded> OpenFabric::make_run(const Image& image, const Stimulus& stimulus,
                                                         EventSink* events, SignalSink* signals) const {
  require_usable(fabric_, image);
  auto run = std::make_unique<Loaded>();
  run->image = image;
  run->stimulus = stimulus;
  run->guests = who_;
  run->engine =
      std::make_unique<Engine>(fabric_, run->image, run->stimulus, run_params_, events, signals, nullptr);
  return run;
}

void OpenFabric::begin(std::unique_ptr<Loaded> run) {
  loaded_ = std::move(run);
  slot_.engine = loaded_->engine.get();
  next_cycle_ = 0;
}

void OpenFabric::load(const Image& image, const Stimulus& stimulus) {
  auto run = make_run(image, stimulus, params_.events, params_.signals);
  if (elaborated_) run->engine->attach(run->guests, run->image);
  begin(std::move(run));
  empty_ = false;
  by_itself_ = !elaborated_;
}

sc_core::sc_time OpenFabric::run_steps(std::uint64_t steps) {
  if (clk.size() > 0 || by_itself_) {
    throw InputError({name(), 0, 0}, "steps asked for by a call",
                     clk.size() > 0 ? "edges of clk, which run this fabric"
                                    : "a run loaded after the start; this one goes by itself");
  }
  Engine& engine = *loaded_->engine;
  const std::uint64_t before = engine.cycles_done();
  for (std::uint64_t done = 0; (steps == 0 || done < steps) && !engine.finished(); ++done)
    engine.run_step(kNever);
  return static_cast<double>(engine.cycles_done() - before) * period_;
}

void OpenFabric::find_port_guests() {
  for (const TileId id : port_tiles(fabric_)) {
    EdgePins& pins = *tile(id).port->pins;
    const std::string where = tile(id).port->name();
    PortGuest guest;
    guest.tile = id;
    guest.enters = bound_whole(
        where, "in", {pins.in_valid.size(), pins.in_key.size(), pins.in_value.size(), pins.in_ready.size()});
    guest.leaves = bound_whole(
        where, "out",
        {pins.out_valid.size(), pins.out_key.size(), pins.out_value.size(), pins.out_ready.size()});
    if (!guest.enters && !guest.leaves) continue;
    for (const RouterAdapter* adapter : router_adapters_) {
      if (adapter->tile() == id)
        throw InputError({where, 0, 0}, "pins bound in a tile whose router is replaced",
                         "none: that router's own edge link is there");
    }
    who_.ports.push_back(guest);
    port_pins_.push_back(&pins);
  }
}

void OpenFabric::end_of_elaboration() {
  elaborated_ = true;
  find_port_guests();
  for (const CoreAdapter* adapter : core_adapters_) {
    who_.cores.emplace_back();
    who_.cores.back().tile = adapter->tile();
  }
  for (const RouterAdapter* adapter : router_adapters_) {
    who_.routers.emplace_back();
    who_.routers.back().tile = adapter->tile();
  }
  who_.gated = step_open.size() > 0;
  who_.endless = params_.endless;
  who_.observed = step_begin.size() + step_active.size() + step_number.size() > 0;
  if (who_.any() && clk.size() == 0) {
    throw InputError({fmt::format("{}.clk", name()), 0, 0}, "no clock",
                     "one, for pins, modules in tiles and runs without an end");
  }
  if (empty_) return;
  loaded_->guests = who_;
  loaded_->engine->attach(loaded_->guests, loaded_->image);
}

void OpenFabric::sample() {
  Guests& guests = loaded_->guests;
  if (guests.gated) guests.open = step_open[0]->read();
  for (std::size_t i = 0; i < guests.ports.size(); ++i) {
    PortGuest& guest = guests.ports[i];
    const EdgePins& pins = *port_pins_[i];
    if (guest.enters) guest.in = read(pins.in_valid, pins.in_key, pins.in_value);
    if (guest.leaves) guest.out_ready = pins.out_ready[0]->read();
  }
  for (std::size_t i = 0; i < guests.cores.size(); ++i) {
    const CoreAdapter& adapter = *core_adapters_[i];
    guests.cores[i].out = read(adapter.out_valid, adapter.out_key, adapter.out_value);
    guests.cores[i].busy = adapter.busy.read();
  }
  for (std::size_t i = 0; i < guests.routers.size(); ++i) router_adapters_[i]->sample(guests.routers[i]);
}

void OpenFabric::drive() {
  const Guests& guests = loaded_->guests;
  write(step_begin, guests.step_begin);
  write(step_active, guests.step_active);
  write(step_number, guests.step);
  for (std::size_t i = 0; i < guests.ports.size(); ++i) {
    const PortGuest& guest = guests.ports[i];
    EdgePins& pins = *port_pins_[i];
    write(pins.in_ready, guest.in_ready);
    write(pins.out_valid, guest.out.valid);
    write(pins.out_key, guest.out.key);
    write(pins.out_value, guest.out.value);
  }
  for (std::size_t i = 0; i < guests.cores.size(); ++i) core_adapters_[i]->drive(guests, guests.cores[i]);
  for (std::size_t i = 0; i < guests.routers.size(); ++i) router_adapters_[i]->drive(guests.routers[i]);
}

void OpenFabric::run() {
  try {
    if (clk.size() == 0) {
      if (by_itself_) run_self_timed();
      return;
    }
    // The first activation is the initialization, before the first edge.
    if (clock_awaited_) {
      sample();
      if (slot_.engine->finished()) {
        loaded_->guests.drain();
      } else {
        slot_.engine->run_cycle(next_cycle_++);
      }
    }
    clock_awaited_ = true;
    drive();
    next_trigger(clk[0]->posedge_event());
  } catch (const std::exception& error) {
    failure_ = std::current_exception();
    SC_REPORT_ERROR("weft", error.what());
  }
}

}  // namespace weft::sim
