// Ctrl-C. The first one asks the running stage to end with what it has; the second one ends the process.
#pragma once

namespace weft::app {

void install_interrupt_handler();
bool interrupted();

}  // namespace weft::app
