// A real Slurm of two nodes with two CPUs each, there as long as the object is; see slurm.sh.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "sweep/cluster/command.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep::test {

class SlurmCluster {
 public:
  SlurmCluster() : port_(std::to_string(20000 + getpid() % 3000 * 3)) {
    const CommandResult start = script("start", port_);
    missing_ = start.code == 0 ? "" : start.err.empty() ? "Slurm did not start" : start.err;
    may_be_missing_ = start.code == 77;
    setenv("SLURM_CONF", (directory_ / "slurm.conf").c_str(), 1);
  }
  ~SlurmCluster() { script("stop"); }
  SlurmCluster(const SlurmCluster&) = delete;
  SlurmCluster& operator=(const SlurmCluster&) = delete;

  const std::string& missing() const { return missing_; }            // why it is not there; empty: it is
  bool may_be_missing() const { return may_be_missing_; }            // it is not installed
  void kill_node(const std::string& name) { script("kill", name); }  // with all that runs on it
  void start_node(const std::string& name) { script("node", name); }

 private:
  CommandResult script(const std::string& act, const std::string& more = "") const {
    return run_command({"/bin/sh", WEFT_SLURM_SCRIPT, act, (directory_ / "").string(), more});
  }

  const Scratch directory_;
  const std::string port_;
  std::string missing_;
  bool may_be_missing_ = false;
};

}  // namespace weft::sweep::test
