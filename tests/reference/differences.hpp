// What two runs of one case are compared by: recorders of events and signals, and the first difference
// between two records in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/fabric/event.hpp"
#include "tests/reference/cycle_model.hpp"

namespace weft::test {

class EventRecorder : public EventSink {
 public:
  void event(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

// Every signal in every cycle, as SignalTrace has them.
class SignalRecorder : public SignalSink {
 public:
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override {
    trace.signals = signals;
    now_.assign(signals.size(), 0);
    return std::vector<bool>(signals.size(), true);
  }
  bool wants_potentials() const override { return true; }
  void change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) override {
    fill(cycle);
    now_.at(signal) = value;
  }
  std::uint64_t from() const override { return 0; }
  std::uint64_t to() const override { return ~std::uint64_t{0}; }

  // The cycles before `end` are over.
  void fill(std::uint64_t end) {
    while (trace.cycles.size() < end) trace.cycles.push_back(now_);
  }
  SignalTrace trace;

 private:
  std::vector<std::uint64_t> now_;
};

// Events of the simulator and of the model, each in any order; empty if they are equal.
std::string first_difference(std::vector<Event> sim, std::vector<Event> model);
// Signals may come in different orders.
std::string first_difference(const SignalTrace& sim, const SignalTrace& model);

}  // namespace weft::test
