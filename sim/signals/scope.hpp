// The waveform (sim/TIMING.md section 10): each signal by its name in the hierarchy, sampled in the middle of
// each cycle of the sink's window.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "model/fabric/event.hpp"
#include "sim/signals/control.hpp"

namespace weft::sim::signals {

class Scope final : public sc_core::sc_module {
 public:
  Scope(const sc_core::sc_module_name& name, SignalSink& sink, const Control& control, Ledger& ledger);

  sc_core::sc_in<bool> clock{"clock"};

  template <class T>
  void add(const sc_core::sc_signal<T>& signal, std::uint64_t largest) {
    offer(signal.name(), largest, [&signal] { return static_cast<std::uint64_t>(signal.read()); });
  }
  // A register that is no wire: 32 bits, signed.
  void add_register(const std::string& name, std::function<std::int32_t()> read);
  // All signals are added: the sink chooses among them.
  void choose();

 private:
  SC_HAS_PROCESS(Scope);
  struct Probe {
    std::uint32_t number = 0;
    std::function<std::uint64_t()> read;
    std::uint64_t last = 0;
  };
  void offer(const char* name, std::uint64_t largest, std::function<std::uint64_t()> read);
  void on_falling_edge();
  void sample(std::uint64_t cycle);

  SignalSink& sink_;
  const Control& control_;
  Ledger& ledger_;
  std::uint64_t cycle_ = 0;
  bool first_ = true;
  std::vector<SignalInfo> infos_;
  std::vector<Probe> probes_;
};

}  // namespace weft::sim::signals
