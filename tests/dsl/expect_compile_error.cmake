# cmake -DSOURCES=... -DINCLUDES=... -DCOMPILER=... -DBINARY_DIR=... [-DHEADER=...] -P expect_compile_error.cmake
# Each source must not compile. What the compiler prints has at most twelve lines, and its first error holds the
# sentence that the source's line "// Error: ..." tells (letters and digits are compared, because clang 14 prints
# a sentence word by word). With CORRECT defined the source must compile. HEADER is compiled once for all of them.
set(most_lines 12)
list(TRANSFORM INCLUDES PREPEND "-I")
set(arguments -std=c++20 -fsyntax-only ${INCLUDES})
execute_process(COMMAND "${COMPILER}" --version OUTPUT_VARIABLE version)

if(HEADER)
    set(folder "${BINARY_DIR}/precompiled")
    get_filename_component(place "${folder}/timeloom/dsl/dsl.hpp" DIRECTORY)
    file(MAKE_DIRECTORY "${place}")
    if(version MATCHES "clang")
        set(precompiled "${place}/dsl.pch")
        list(APPEND arguments -include-pch "${precompiled}")
    else()
        set(precompiled "${place}/dsl.hpp.gch")
        list(PREPEND arguments "-I${folder}")
    endif()
    execute_process(COMMAND "${COMPILER}" -std=c++20 ${INCLUDES} -x c++-header "${HEADER}" -o "${precompiled}"
        ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()

# Letters and digits of `text`; of clang's lists of words those of the words.
function(letters_of text variable)
    string(REGEX REPLACE "&number[[]([0-9]+)[]]" "\\1" text "${text}")
    string(REGEX REPLACE "&(underscore|minus)" "" text "${text}")
    string(REGEX REPLACE "[^A-Za-z0-9]" "" text "${text}")
    set(${variable} "${text}" PARENT_SCOPE)
endfunction()

function(check source)
    file(STRINGS "${source}" says REGEX "^// Error: ")
    string(REPLACE "// Error: " "" says "${says}")
    execute_process(COMMAND "${COMPILER}" ${arguments} "${source}"
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(status EQUAL 0)
        message(SEND_ERROR "${source} compiles, but must not")
        return()
    endif()
    # Semicolons separate the elements of a list.
    string(REPLACE ";" "," output "${output}")
    string(REPLACE ";" "," says "${says}")
    string(REGEX MATCHALL "\n" lines "${output}")
    list(LENGTH lines lines)
    string(FIND "${output}" " error: " first)
    math(EXPR after "${first} + 8")
    string(SUBSTRING "${output}" ${after} -1 rest)
    string(FIND "${rest}" " error: " second)
    string(SUBSTRING "${rest}" 0 ${second} first_error)
    letters_of("${first_error}" got)
    letters_of("${says}" wanted)
    string(FIND "${got}" "${wanted}" position)
    if(says STREQUAL "" OR position LESS 0)
        message(SEND_ERROR "${source}: the first error does not say\n  ${says}\nbut this:\n${output}")
    elseif(lines GREATER most_lines)
        message(SEND_ERROR "${source}: ${lines} lines, but at most ${most_lines} are wanted:\n${output}")
    endif()
    execute_process(COMMAND "${COMPILER}" ${arguments} -DCORRECT "${source}"
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        message(SEND_ERROR "${source} must compile with CORRECT defined:\n${output}")
    endif()
endfunction()

foreach(source IN LISTS SOURCES)
    check("${source}")
endforeach()
