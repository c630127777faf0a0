// The one piece of global state of the program: a signal handler can reach nothing else. It only sets a flag
// and puts the default action back, so that a second Ctrl-C ends a stage that does not listen.
#include "app/cli/interrupt.hpp"

#include <csignal>

namespace weft::app {
namespace {

volatile std::sig_atomic_t interrupt_flag = 0;

extern "C" void weft_on_interrupt(int signal) {
  interrupt_flag = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void install_interrupt_handler() {
  std::signal(SIGINT, weft_on_interrupt);
  std::signal(SIGTERM, weft_on_interrupt);
  std::signal(SIGUSR1, weft_on_interrupt);  // what clusters send some time before a job's end
}

bool interrupted() {
  return interrupt_flag != 0;
}

}  // namespace weft::app
