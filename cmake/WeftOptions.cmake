# Build-wide choices: the language level, warnings, and what makes floating point equal everywhere.
option(WEFT_BUILD_TESTS "Build the tests and benchmarks" ON)
set(WEFT_SANITIZE "" CACHE STRING "Value of -fsanitize= for the whole build, empty for none")
option(WEFT_COVERAGE "Build with gcov counters" OFF)

# SystemC on Debian is built as C++17 and links with no other level.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(WEFT_CCACHE ccache)
if(WEFT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${WEFT_CCACHE}")
endif()

# What every target of ours compiles with. Contraction would let each compiler fuse other operations.
add_library(weft_build_flags INTERFACE)
target_compile_options(weft_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast> -Wcast-qual
  $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual> -Wimplicit-fallthrough -ffp-contract=off)
if(WEFT_SANITIZE)
  add_compile_options(-fsanitize=${WEFT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WEFT_SANITIZE})
endif()
if(WEFT_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
