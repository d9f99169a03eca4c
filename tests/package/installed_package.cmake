# cmake -DBUILD_DIR=... -DSOURCE_DIR=... -DPREFIX_PATH=a:b -DCXX=... [-DDEBIAN=ON] -P installed_package.cmake
# Installs the build into a temporary prefix and uses it from there, as the project consumer/ does. With DEBIAN the prefix
# comes out of a Debian package, and the project of docs/first_model.md is built and run too, by the page's commands.
cmake_minimum_required(VERSION 3.28)

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "this failed (${status}):\n  ${command}\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

run(mktemp --directory --tmpdir timeloom.XXXXXX)
string(STRIP "${output}" temporary)
set(prefix "${temporary}/prefix")
if(DEBIAN)
    cmake_path(GET CMAKE_COMMAND PARENT_PATH programs)
    run("${programs}/cpack" -G DEB --config "${BUILD_DIR}/CPackConfig.cmake" -B "${temporary}")
    file(GLOB package "${temporary}/*.deb")
    run(dpkg-deb --extract "${package}" "${temporary}/root")
    set(prefix "${temporary}/root/usr")
else()
    run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}")
endif()

# The package must not know where it was built.
file(GLOB_RECURSE package "${prefix}/*.cmake" "${prefix}/*.hpp")
foreach(file IN LISTS package)
    file(READ "${file}" text)
    foreach(path "${BUILD_DIR}" "${SOURCE_DIR}")
        string(FIND "${text}" "${path}" found)
        if(NOT found EQUAL -1)
            message(FATAL_ERROR "${file} mentions ${path}")
        endif()
    endforeach()
endforeach()

file(COPY "${SOURCE_DIR}/tests/package/consumer" "${SOURCE_DIR}/tests/package/plugin" DESTINATION "${temporary}")
set(ENV{CMAKE_PREFIX_PATH} "${prefix}:${PREFIX_PATH}")
run("${CMAKE_COMMAND}" -S "${temporary}/consumer" -B "${temporary}/build" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${CXX}" "-DPython_EXECUTABLE=${PYTHON}"
    -DCMAKE_BUILD_TYPE=RelWithDebInfo)
run("${CMAKE_COMMAND}" --build "${temporary}/build" --parallel 1)

# What is built stands alone.
set(program "${temporary}/build/forecast_waves")
run(ldd "${program}")
if(output MATCHES "Halide|python|timeloom|not found")
    message(FATAL_ERROR "the program needs more than the system's libraries:\n${output}")
endif()
run("${program}")
message(STATUS "${output}")

# require_forecast(<command>...): fails unless the command prints the program's first forecast, to 2e-6.
string(REGEX MATCH "first of them: ([-0-9.e]+)" found "${output}")
set(forecast "${CMAKE_MATCH_1}")
function(require_forecast)
    run(${ARGN})
    string(REGEX MATCH "^the first of them: ([-0-9.e]+)\n$" found "${output}")
    execute_process(COMMAND awk "BEGIN { d = ${CMAKE_MATCH_1} - ${forecast}; exit !(d < 2e-6 && d > -2e-6) }" RESULT_VARIABLE status)
    if(NOT found OR NOT status EQUAL 0)
        message(FATAL_ERROR "${ARGN} printed '${output}' where the program printed ${forecast}")
    endif()
endfunction()
require_forecast("${temporary}/build/embedded_waves")

# A plugin's build finds the package and links the archive where there is neither Boost nor Halide.
set(ENV{CMAKE_PREFIX_PATH} "${prefix}")
run("${CMAKE_COMMAND}" -S "${temporary}/plugin" -B "${temporary}/plugin_build" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON -DCMAKE_DISABLE_FIND_PACKAGE_Halide=ON
    "-DMODEL_FOLDER=${temporary}/build/kernels/wave_forecaster")
run("${CMAKE_COMMAND}" --build "${temporary}/plugin_build" --parallel 1)
require_forecast("${temporary}/plugin_build/plugin" "${temporary}/build/waves.safetensors")
run("${CXX}" -std=c++20 -M "-I${prefix}/include" "-I${temporary}/build/kernels/wave_forecaster"
    "${temporary}/plugin/plugin.cpp")
if(output MATCHES "[^ ]*(boost|Halide|xsimd|[Pp]ython)[^ ]*")
    message(FATAL_ERROR "a plugin includes ${CMAKE_MATCH_0}")
endif()
run(ldd "${temporary}/plugin_build/plugin")
if(output MATCHES "Halide|python|timeloom|boost|not found")
    message(FATAL_ERROR "the plugin needs more than the system's libraries:\n${output}")
endif()

if(DEBIAN)
    cmake_path(GET MAKE_PROGRAM PARENT_PATH make)
    cmake_path(GET PYTHON PARENT_PATH tools)
    set(ENV{PATH} "${tools}:${make}:${programs}:$ENV{PATH}")
    set(ENV{CXX} "${CXX}")
    set(ENV{CMAKE_BUILD_PARALLEL_LEVEL} 1)
    file(COPY "${BUILD_DIR}/docs/blocks/projects/first_model" DESTINATION "${temporary}")
    run("${PYTHON}" -B "${SOURCE_DIR}/docs/tools/check_commands.py" first_model "${temporary}/first_model")
    message(STATUS "${output}")
endif()
file(REMOVE_RECURSE "${temporary}")
