# WebAssembly with SIMD, for browsers and Node.js, with Debian's clang (clang-14, lld-14) and the C library of its
# WASI packages (wasi-libc, libclang-rt-14-dev-wasm32; for C++ libc++-14-dev-wasm32). Tests run in nodejs.
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER clang-14)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_COMPILER clang++-14)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_C_FLAGS_INIT -msimd128)
set(CMAKE_CXX_FLAGS_INIT -msimd128)
# The stack lies first in memory, where what overflows it stops the program and changes nothing. -O0 is about linking alone:
# otherwise clang would run another optimizer, wasm-opt, where it finds one, so that machines would make different files.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-O0 -Wl,--stack-first -Wl,-z,stack-size=131072")
set(CMAKE_EXECUTABLE_SUFFIX_C .wasm)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .wasm)

# Libraries are of WebAssembly; headers and CMake packages of either, for those without a library are shared.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)

# The name that Halide gives it.
set(Halide_CMAKE_TARGET wasm-32-wasmrt)

find_program(TIMELOOM_NODEJS NAMES nodejs node)
mark_as_advanced(TIMELOOM_NODEJS)
if(TIMELOOM_NODEJS)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${TIMELOOM_NODEJS};--no-warnings;--experimental-wasi-unstable-preview1;${CMAKE_CURRENT_LIST_DIR}/run_wasi.mjs")
endif()
