# 64-bit ARM under Linux, as of a Raspberry Pi 4 or 5, with Debian's cross compiler (g++-aarch64-linux-gnu). Programs that a
# build runs, and its tests, run in an emulator where there is one (qemu-user-static).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

# Libraries are of that processor; headers and CMake packages of either, for those without a library are shared.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
list(APPEND CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)

# These are headers alone, whose CMake packages Debian keeps with the libraries of the machine that builds.
foreach(package Boost xsimd)
    file(GLOB folders "/usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu/cmake/${package}"
        "/usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu/cmake/${package}-[0-9]*")
    if(folders)
        list(SORT folders COMPARE NATURAL ORDER DESCENDING)
        list(GET folders 0 folder)
        set(${package}_DIR "${folder}" CACHE PATH "CMake package of ${package}")
    endif()
endforeach()

find_program(TIMELOOM_EMULATOR NAMES qemu-aarch64-static qemu-aarch64)
mark_as_advanced(TIMELOOM_EMULATOR)
if(TIMELOOM_EMULATOR)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${TIMELOOM_EMULATOR};-L;/usr/aarch64-linux-gnu")
endif()
