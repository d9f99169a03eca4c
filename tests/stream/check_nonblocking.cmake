# cmake -DCXX=<compiler> -DINCLUDES=<a;b> -DSOURCE_DIR=<timeloom> -P check_nonblocking.cmake
#
# Lets a clang that knows function effects (20 or later) look through what a real-time thread calls. Without -DCXX it is
# that of PyPI's ziglang, where it is installed. Where there is none this says so, and the test counts as skipped.
set(compiler "${CXX}")
if(NOT compiler)
    execute_process(COMMAND "${PYTHON}" -m ziglang version RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
    if(missing)
        message("skipped: there is no clang with function effects; pip install ziglang==0.15.1 brings one")
        return()
    endif()
    set(compiler "${PYTHON}" -m ziglang c++)
endif()
list(TRANSFORM INCLUDES PREPEND "-isystem" OUTPUT_VARIABLE includes)
function(check source expected)
    execute_process(
        COMMAND ${compiler} -std=c++20 -fsyntax-only -Wfunction-effects -Werror=function-effects -Wno-everything-else
            -Wno-unknown-warning-option "-I${INCLUDE}" ${includes} "${source}"
        RESULT_VARIABLE failed ERROR_VARIABLE said)
    if(expected STREQUAL "refused")
        if(NOT said MATCHES "must not allocate or deallocate memory|must not call non-'nonblocking'")
            message(FATAL_ERROR "${source}: the compiler does not see that it allocates:\n${said}")
        endif()
    elseif(failed)
        message(FATAL_ERROR "${source}:\n${said}")
    endif()
endfunction()

check("${CMAKE_CURRENT_LIST_DIR}/allocates.cpp" refused)
check("${SOURCE_DIR}/runtime/streams/stream.cpp" accepted)
check("${SOURCE_DIR}/runtime/streams/stream_steps.cpp" accepted)
