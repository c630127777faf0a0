// weft: see app/cli/program.hpp.
#include "app/cli/program.hpp"

int main(int argc, char** argv) {
  return weft::app::run_program({argv + 1, argv + argc});
}
