// The TLM-2.0 socket of a fabric: a memory map (sim/TLM.md) through which software or a bus loads an image
// and a stimulus, starts and steps a run, and reads what came out. Loosely timed, blocking transport.
#pragma once

#include <tlm.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::sim {

class OpenFabric;

class HostPort : public sc_core::sc_module {
 public:
  HostPort(const sc_core::sc_module_name& name, OpenFabric& fabric);

  tlm_utils::simple_target_socket_optional<HostPort> socket{"socket"};  // may be left unbound

 private:
  using Data = std::vector<std::uint8_t>;

  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  // Bytes [address, address + size) to or from `data`.
  tlm::tlm_response_status read(std::uint64_t address, std::uint8_t* data, std::uint64_t size);
  tlm::tlm_response_status write(std::uint64_t address, const std::uint8_t* data, std::uint64_t size,
                                 sc_core::sc_time& delay);
  tlm::tlm_response_status read_window(std::uint64_t address, std::uint8_t* data, std::uint64_t size);
  bool read_register(std::uint64_t address, std::uint32_t& value) const;
  std::uint32_t* writable_register(std::uint64_t address);
  // Throws what a command cannot do.
  void command(std::uint32_t number, sc_core::sc_time& delay);
  void load();
  void start();
  const Image& image() const;  // the loaded one, or that of the fabric's run
  const Outcome& outcome();    // as of the steps done by now

  OpenFabric& fabric_;
  std::uint32_t image_bytes_ = 0, frames_ = 0, interval_steps_ = 1, frame_steps_ = 1, steps_ = 0;
  Data image_file_, stimulus_values_;  // the windows that are written
  std::unique_ptr<Image> image_;       // the loaded one
  std::string error_;
  Outcome outcome_;
  std::uint64_t outcome_steps_ = 0;
  bool outcome_known_ = false;
};

}  // namespace weft::sim
