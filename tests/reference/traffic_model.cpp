// A cycle has three parts: what arrives at its start, what is decided on the state as it then is, and what is
// thereby changed for the next.
#include "tests/reference/traffic_model.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "model/base/random.hpp"
#include "tests/reference/cycle_model_state.hpp"

namespace weft::test {
namespace {

using namespace cycle;

struct PacketRecord {
  int source = 0, destination = 0;
  Cycle created = 0, injected = 0;
};

// A flit in the fabric: Flit::key is its destination, Flit::value its number.
struct PacketFlit {
  Flit flit;
  std::size_t packet = 0;
};

struct Source {
  Random random{0};
  bool active = false;
  Cycle next_creation = 0;
  std::deque<PacketFlit> queue;
};

struct FlyingFlit {
  Cycle arrives = 0;
  int tile = 0, side = 0;
  PacketFlit what;
};

class TrafficModel {
 public:
  TrafficModel(const Fabric& fabric, const sim::TrafficParams& params, std::vector<Event>* events,
               SignalTrace* signals)
      : fabric_(fabric), params_(params), events_(events), signals_(signals), tiles_(tiles_at_rest(fabric)) {
    const auto count = static_cast<std::size_t>(fabric.tiles());
    sources_.resize(count);
    packets_in_.resize(count);
    holder_.assign(count, {});
    result_.tiles.resize(count);
    for (int t = 0; t < fabric.tiles(); ++t) {
      for (int side = 0; side < kSides; ++side) {
        holder_[index(t)][index(side)] = -1;
      }
      start_source(t);
    }
  }

  TrafficModelResult run() {
    if (signals_ != nullptr) signals_->signals = list_signals(fabric_, Image(), tiles_, 1, 1);
    Cycle c = 0;
    for (;; ++c) {
      if (c > 2'000'000) throw std::runtime_error("the traffic does not come to an end");
      arrive(c);
      if (c >= create_end() && quiet()) break;
      work(c);
    }
    result_.cycles = c;
    check_conservation();
    return result_;
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  Cycle measure_end() const { return params_.warmup_cycles + params_.measure_cycles; }
  Cycle create_end() const { return measure_end() + params_.cooldown_cycles; }
  bool in_window(Cycle c) const { return c >= params_.warmup_cycles && c < measure_end(); }
  int x_of(int t) const { return t % fabric_.width; }
  int y_of(int t) const { return t / fabric_.width; }
  TileCounters& count(int t) { return result_.tiles[index(t)]; }

  void tell(Cycle c, int t, EventKind kind, const Flit& flit, int detail = 0) const {
    if (events_ == nullptr) return;
    events_->push_back({c, TileId(static_cast<std::uint32_t>(t)), kind, static_cast<std::uint8_t>(detail), 0,
                        flit.key, flit.value});
  }

  // ---- sources ----

  void start_source(int t) {
    Source& source = sources_[index(t)];
    source.active =
        params_.pattern == sim::TrafficPattern::Transpose ? x_of(t) != y_of(t) : fabric_.tiles() > 1;
    if (!source.active) return;
    source.random = Random(params_.seed).fork("source " + std::to_string(t));
    source.next_creation = gap(source.random) - 1;
  }

  Cycle gap(Random& random) const {
    const double q = params_.rate / params_.packet_flits;
    const std::uint64_t one = std::uint64_t{1} << 32;
    const auto w = static_cast<std::uint64_t>(q * 4294967296.0);
    const std::uint64_t r = random.bits() >> 32;
    std::uint64_t n = 0;
    std::uint64_t s = one;
    for (int k = 1; k <= 1024; ++k) {
      s = s * (one - w) / one;
      if (r < s) ++n;
    }
    return n < 1024 ? n + 1 : 1024 + gap(random);
  }

  int any_other(int t, Random& random) const {
    const auto n = static_cast<int>(random.below(static_cast<std::uint64_t>(fabric_.tiles() - 1)));
    return n >= t ? n + 1 : n;
  }

  int draw_destination(int t, Random& random) const {
    if (params_.pattern == sim::TrafficPattern::Transpose) return y_of(t) + fabric_.width * x_of(t);
    if (params_.pattern == sim::TrafficPattern::Neighbor) {
      std::vector<int> neighbors;
      for (int side = kNorth; side <= kWest; ++side) {
        if (neighbor_of(fabric_, t, side) >= 0) neighbors.push_back(neighbor_of(fabric_, t, side));
      }
      return neighbors[random.below(neighbors.size())];
    }
    if (params_.pattern == sim::TrafficPattern::HotSpot) {
      const int hot = fabric_.width / 2 + fabric_.width * (fabric_.height / 2);
      const std::uint64_t r = random.bits() >> 32;
      if (r < static_cast<std::uint64_t>(params_.hotspot_share * 4294967296.0) && t != hot) return hot;
    }
    return any_other(t, random);
  }

  void create(Cycle c, int t) {
    Source& source = sources_[index(t)];
    if (!source.active || c != source.next_creation || c >= create_end()) return;
    const int destination = draw_destination(t, source.random);
    source.next_creation = c + gap(source.random);
    packets_.push_back({t, destination, c, 0});
    for (int number = 0; number < params_.packet_flits; ++number) {
      PacketFlit made;
      made.flit.key = static_cast<std::uint32_t>(destination);
      made.flit.value = number;
      made.packet = packets_.size() - 1;
      source.queue.push_back(made);
    }
    result_.packets += 1;
    if (in_window(c)) result_.measured_packets += 1;
    for (int at = t; at != destination; at = neighbor_of(fabric_, at, side_towards(fabric_, at, destination)))
      hops_due_ += static_cast<std::uint64_t>(params_.packet_flits);
  }

  // ---- a cycle ----

  void arrive(Cycle c) {
    for (const FlyingFlit& flying : links_) {
      if (flying.arrives != c) continue;
      PacketFlit what = flying.what;
      what.flit.arrived = c;
      tiles_[index(flying.tile)].input[index(flying.side)].push_back(what.flit);
      packets_in_[index(flying.tile)][index(flying.side)].push_back(what.packet);
    }
    links_.erase(
        std::remove_if(links_.begin(), links_.end(), [c](const FlyingFlit& f) { return f.arrives == c; }),
        links_.end());
    for (const CreditOnWay& credit : credits_) {
      if (credit.due == c) ++tiles_[index(credit.tile)].credits[index(credit.side)];
    }
    credits_.erase(
        std::remove_if(credits_.begin(), credits_.end(), [c](const CreditOnWay& k) { return k.due == c; }),
        credits_.end());
  }

  bool quiet() const {
    if (!links_.empty() || !credits_.empty()) return false;
    for (const Source& source : sources_) {
      if (!source.queue.empty()) return false;
    }
    for (const Tile& tile : tiles_) {
      for (const std::deque<Flit>& input : tile.input) {
        if (!input.empty()) return false;
      }
    }
    return true;
  }

  void work(Cycle c) {
    const std::vector<Tile> before = signals_ == nullptr ? std::vector<Tile>() : tiles_;
    SideActions sides(tiles_.size());
    std::vector<Grant> grants;
    std::vector<int> moves;
    for (int t = 0; t < fabric_.tiles(); ++t) {
      for (int side = 0; side < kSides; ++side) {
        decide_grant(c, t, side, grants);
        for (int input = 0; input < kSides; ++input) {
          if (requests(c, t, input, side)) sides[index(t)][index(side)].requested = true;
        }
      }
      if (!sources_[index(t)].queue.empty() &&
          tiles_[index(t)].input[kLocal].size() < static_cast<std::size_t>(fabric_.router.buffer_depth)) {
        moves.push_back(t);
      }
    }
    for (const Grant& grant : grants) {
      sides[index(grant.tile)][index(grant.output)].granted = true;
      apply_grant(c, grant);
    }
    for (const int t : moves) {
      PacketFlit what = sources_[index(t)].queue.front();
      sources_[index(t)].queue.pop_front();
      if (what.flit.value == 0) packets_[what.packet].injected = c;
      links_.push_back({c + 1, t, kLocal, what});
      count(t).messages += 1;
      tell(c, t, EventKind::Send, what.flit);
    }
    for (int t = 0; t < fabric_.tiles(); ++t) create(c, t);
    if (signals_ != nullptr) signals_->cycles.push_back(signal_values(0, 0, before, tiles_, sides));
  }

  // ---- section 3 with the rules of packets ----

  bool requests(Cycle c, int t, int input, int output) const {
    const std::deque<Flit>& buffer = tiles_[index(t)].input[index(input)];
    if (buffer.empty()) return false;
    if (c < buffer.front().arrived + static_cast<Cycle>(fabric_.router.pipeline_cycles)) return false;
    return side_towards(fabric_, t, static_cast<int>(buffer.front().key)) == output;
  }

  void decide_grant(Cycle c, int t, int output, std::vector<Grant>& grants) const {
    const Tile& tile = tiles_[index(t)];
    if (!tile.exists[index(output)]) return;
    if (is_link(output) && tile.credits[index(output)] == 0) return;
    if (is_link(output) && c < tile.link_free[index(output)]) return;
    const auto limit = static_cast<std::uint64_t>(params_.stall_share * 4294967296.0);
    if (stall_hash(params_.stall_seed, c, static_cast<std::uint64_t>(t),
                   static_cast<std::uint64_t>(output)) >>
        32 < limit)
      return;
    const int holder = holder_[index(t)][index(output)];
    for (int i = 0; i < kSides; ++i) {
      const int input = (tile.pointer[index(output)] + i) % kSides;
      if (holder >= 0 && input != holder) continue;
      if (!requests(c, t, input, output)) continue;
      if (holder < 0 && !has_room(fabric_, input, output, tile.credits[index(output)], params_.packet_flits))
        continue;
      grants.push_back({t, output, input});
      return;
    }
  }

  void apply_grant(Cycle c, const Grant& grant) {
    Tile& tile = tiles_[index(grant.tile)];
    const Flit flit = tile.input[index(grant.input)].front();
    tile.input[index(grant.input)].pop_front();
    auto& numbers = packets_in_[index(grant.tile)][index(grant.input)];
    const std::size_t packet = numbers.front();
    numbers.pop_front();
    if (is_link(grant.input)) {
      credits_.push_back({c + static_cast<Cycle>(fabric_.router.credit_cycles),
                          neighbor_of(fabric_, grant.tile, grant.input), across(grant.input)});
    }
    tile.pointer[index(grant.output)] = pointer_after(fabric_, grant.input);
    count(grant.tile).flits[index(grant.output)] += 1;
    const bool head = flit.value == 0;
    const bool tail = flit.value == params_.packet_flits - 1;
    int& holder = holder_[index(grant.tile)][index(grant.output)];
    if (!head && holder != grant.input) throw std::logic_error("a body flit goes where its head did not");
    if (head && holder >= 0) throw std::logic_error("a head flit goes between the flits of another packet");
    if (head) holder = grant.input;
    if (tail) holder = -1;
    if (grant.output != kLocal) {
      tell(c, grant.tile, EventKind::Hop, flit, grant.output);
      tile.credits[index(grant.output)] -= 1;
      tile.link_free[index(grant.output)] = c + cycles_per_flit(fabric_);
      links_.push_back({c + static_cast<Cycle>(fabric_.router.link_cycles) + cycles_per_flit(fabric_) - 1,
                        neighbor_of(fabric_, grant.tile, grant.output),
                        across(grant.output),
                        {flit, packet}});
      return;
    }
    tell(c, grant.tile, EventKind::Deliver, flit);
    count(grant.tile).deliveries += 1;
    if (in_window(c)) result_.accepted_flits += 1;
    const PacketRecord& record = packets_[packet];
    if (record.destination != grant.tile) throw std::logic_error("a packet came to the wrong tile");
    if (!tail || !in_window(record.created)) return;
    result_.from_creation[c - record.created] += 1;
    result_.from_injection[c - record.injected] += 1;
  }

  void check_conservation() const {
    std::uint64_t hops = 0, in = 0, out = 0;
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
      const TileCounters& counters = result_.tiles[t];
      in += counters.messages;
      out += counters.flits[kLocal];
      for (std::size_t side = kNorth; side <= kWest; ++side) hops += counters.flits[side];
      for (const int credits : tiles_[t].credits) {
        if (credits != fabric_.router.buffer_depth) throw std::logic_error("a credit is lost");
      }
    }
    if (in != out || in != result_.packets * static_cast<std::uint64_t>(params_.packet_flits)) {
      throw std::logic_error("flits in and out differ");
    }
    if (hops != hops_due_) throw std::logic_error("flits took a wrong number of hops");
  }

  const Fabric& fabric_;
  const sim::TrafficParams params_;
  std::vector<Event>* events_;
  SignalTrace* signals_;
  std::vector<Tile> tiles_;
  std::vector<std::array<std::deque<std::size_t>, kSides>> packets_in_;  // beside Tile::input
  std::vector<std::array<int, kSides>> holder_;  // the input that holds an output side, or -1
  std::vector<Source> sources_;
  std::vector<PacketRecord> packets_;
  std::vector<FlyingFlit> links_;
  std::vector<CreditOnWay> credits_;
  std::uint64_t hops_due_ = 0;
  TrafficModelResult result_;
};

}  // namespace

TrafficModelResult run_traffic_model(const Fabric& fabric, const sim::TrafficParams& params,
                                     std::vector<Event>* events, SignalTrace* signals) {
  return TrafficModel(fabric, params, events, signals).run();
}

}  // namespace weft::test
