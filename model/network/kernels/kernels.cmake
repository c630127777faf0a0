# The floating-point kernels, once per instruction set; the program chooses at run time. They are optimised in
# every kind of build: without it, Eigen is fifty times slower, and inline functions shared between the
# sets would be emitted.
function(weft_kernel_set name)
  add_library(weft_kernels_${name} OBJECT network/kernels/gemm_kernels.cpp
              network/kernels/vector_kernels.cpp network/kernels/sparse_kernels.cpp)
  set_target_properties(weft_kernels_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(weft_kernels_${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(weft_kernels_${name} PRIVATE WEFT_KERNEL_SET=${name})
  target_compile_options(weft_kernels_${name} PRIVATE -O3 -fno-math-errno -fno-trapping-math ${ARGN})
  target_link_libraries(weft_kernels_${name} PRIVATE weft_build_flags Eigen3::Eigen)
  target_sources(weft_model PRIVATE $<TARGET_OBJECTS:weft_kernels_${name}>)
endfunction()
weft_kernel_set(baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  weft_kernel_set(avx2 -mavx2 -mfma)
  weft_kernel_set(avx512 -mavx2 -mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw -mprefer-vector-width=512
                  -Wno-uninitialized -Wno-maybe-uninitialized)  # GCC 12 suspects its own intrinsics
  set_property(SOURCE network/kernels/kernel_set.cpp APPEND PROPERTY COMPILE_DEFINITIONS WEFT_X86_KERNELS)
endif()
if(WEFT_SANITIZE MATCHES "undefined")  # in Eigen it costs half a minute of compile time for each set
  set_property(SOURCE network/kernels/gemm_kernels.cpp APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize=undefined)
endif()
