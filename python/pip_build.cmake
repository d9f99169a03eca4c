# Included where pip builds the Python package (scikit-build-core sets SKBUILD): Halide is one of the build's packages.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
execute_process(
    COMMAND "${Python_EXECUTABLE}" -c
        "import importlib.util; print(list(importlib.util.find_spec('halide').submodule_search_locations)[0])"
    OUTPUT_VARIABLE halide_package OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
foreach(package Halide HalideHelpers)
    set(${package}_DIR "${halide_package}/lib64/cmake/${package}")
endforeach()
