# Finds Halide, for a cross build that of the machine that builds: what is compiled then reads HalideRuntime.h alone. To
# that it is all the same how wide pointers are, about which the package asks.
set(timeloom_pointer_width "${CMAKE_SIZEOF_VOID_P}")
if(CMAKE_CROSSCOMPILING)
    set(CMAKE_SIZEOF_VOID_P 8)
endif()
find_package(Halide 21 QUIET COMPONENTS shared)
set(CMAKE_SIZEOF_VOID_P "${timeloom_pointer_width}")
