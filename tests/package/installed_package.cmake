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

file(COPY "${SOURCE_DIR}/tests/package/consumer" DESTINATION "${temporary}")
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
