# cmake -DPYTHON=<python> -DCXX=<compiler> -DINCLUDE=<folder> -DINCLUDES=<a;b> -DSOURCE_DIR=<timeloom>
#       -P check_nonblocking.cmake
#
# Lets a clang that knows function effects (20 or later) look through what a real-time thread calls: CXX or, where that is
# empty, the one of PyPI's ziglang. Where there is none this says so, and the test counts as skipped.
set(compiler "${CXX}")
if(NOT compiler)
    execute_process(COMMAND "${PYTHON}" -c "import os, ziglang; print(os.path.dirname(ziglang.__file__))"
        RESULT_VARIABLE missing OUTPUT_VARIABLE zig OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(missing)
        message("skipped: there is no clang with function effects; pip install ziglang==0.15.1 brings one")
        return()
    endif()
    set(compiler "${zig}/zig" clang -x c++ -resource-dir "${zig}/lib")
endif()
set(system ${INCLUDES})
list(TRANSFORM system PREPEND "-isystem")

function(look_through source)
    execute_process(
        COMMAND ${compiler} -std=c++20 -fsyntax-only -Werror=function-effects "-I${INCLUDE}" ${system} "${source}"
        RESULT_VARIABLE failed ERROR_VARIABLE said)
    set(failed "${failed}" PARENT_SCOPE)
    set(said "${said}" PARENT_SCOPE)
endfunction()

look_through("${CMAKE_CURRENT_LIST_DIR}/allocates.cpp")
if(NOT said MATCHES "'nonblocking' attribute must not allocate")
    message(FATAL_ERROR "The compiler does not see that allocates.cpp breaks its promise:\n${said}")
endif()
foreach(file streams/stream streams/stream_steps)
    look_through("${SOURCE_DIR}/runtime/${file}.cpp")
    if(failed OR said MATCHES "warning")
        message(FATAL_ERROR "${file}.cpp:\n${said}")
    endif()
endforeach()
