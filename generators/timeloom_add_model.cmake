# timeloom_add_model(<target> MODEL <name> HEADER <file> [NAMESPACE <ns>] [BATCH <n>] [TARGETS <t>...])
#
# Generates the kernels of the constexpr model <name> that <file> declares and links them into <target>, which then finds
# them with
#
#   #include "<name>.timeloom.hpp"
#   timeloom::Model model(<name>_plan);
#
# or, where a program only predicts and evaluates, <name>_inference_plan, which links no other kernels. Of an ARIMA model
# that is timeloom::Arima model(<name>_plan), of a family timeloom::AutoArima automatic(<name>_plan); such a program also
# links timeloom::arima.
#
# HEADER     declares the model; relative to the current source folder.
# NAMESPACE  of the model, when it is not the global one.
# BATCH      rows that the program hands over at a time. Below 6 only kernels for single rows are generated, which makes a
#            smaller program; without it, both those and the kernels for whole batches.
# TARGETS    Halide targets, best first, chosen from at run time; unless given, those of the processor that is built for:
#            AVX-512, AVX2+FMA and baseline x86-64, or NEON of arm-64.
#
# A cross build has TIMELOOM_GENERATORS_FROM, a build folder of the same sources for the machine that builds, whose target
# timeloom_model_generators is built: generators run there, for CMAKE_SYSTEM_PROCESSOR.
function(timeloom_add_model target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;HEADER;NAMESPACE;BATCH" "TARGETS")
    foreach(required MODEL HEADER)
        if(NOT arg_${required})
            message(FATAL_ERROR "timeloom_add_model(${target}): ${required} is missing")
        endif()
    endforeach()
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "timeloom_add_model(${target}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()
    cmake_path(ABSOLUTE_PATH arg_HEADER BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    get_source_file_property(is_made_later "${arg_HEADER}" GENERATED)
    if(NOT EXISTS "${arg_HEADER}" AND NOT is_made_later)
        message(FATAL_ERROR "timeloom_add_model(${target}): there is no file ${arg_HEADER}")
    endif()

    # Several programs may use one model: its kernels are generated once.
    set(kernels "${arg_MODEL}_kernels")
    set(asked "${arg_HEADER}|${arg_NAMESPACE}|${arg_BATCH}|${arg_TARGETS}")
    if(NOT TARGET "${kernels}")
        _timeloom_add_kernels("${kernels}")
        set_target_properties("${kernels}" PROPERTIES TIMELOOM_ASKED "${asked}")
    endif()
    get_target_property(made "${kernels}" TIMELOOM_ASKED)
    if(NOT made STREQUAL asked)
        message(FATAL_ERROR "timeloom_add_model(${target}): there is a model ${arg_MODEL} already, with another "
            "header, namespace, batch or targets. Give one of them another name")
    endif()
    target_link_libraries("${target}" PRIVATE "${kernels}" timeloom::runtime)
endfunction()

# The interface library <kernels> and how its files are made. Reads the arg_ variables above. TIMELOOM_KERNELS_FROM names
# another build folder of the same sources whose kernels are taken instead, as a build under sanitizers does.
function(_timeloom_add_kernels kernels)
    set(directory "${CMAKE_BINARY_DIR}/kernels/${arg_MODEL}") # a name means one model in the whole build
    if(TIMELOOM_KERNELS_FROM)
        cmake_path(RELATIVE_PATH directory BASE_DIRECTORY "${CMAKE_BINARY_DIR}")
        cmake_path(APPEND TIMELOOM_KERNELS_FROM "${directory}" OUTPUT_VARIABLE directory)
    else()
        _timeloom_generate_kernels("${kernels}" "${directory}")
    endif()
    add_library("${kernels}" INTERFACE)
    if(TARGET "${kernels}_files")
        add_dependencies("${kernels}" "${kernels}_files")
    endif()
    target_include_directories("${kernels}" INTERFACE "${directory}")
    target_link_libraries("${kernels}" INTERFACE "${directory}/${arg_MODEL}.a")
endfunction()

# The generator program of the model and its one run, which writes the archive and the header.
function(_timeloom_generate_kernels kernels directory)
    set(generator "${arg_MODEL}_generator")
    if(TIMELOOM_GENERATORS_FROM)
        _timeloom_take_generator("${generator}")
    elseif(CMAKE_CROSSCOMPILING)
        message(FATAL_ERROR "the kernels of ${arg_MODEL} need TIMELOOM_GENERATORS_FROM: a build folder of these sources for the "
            "machine that builds, with its target timeloom_model_generators built")
    else()
        _timeloom_add_generator("${generator}" "${directory}")
    endif()

    set(options --out "${directory}")
    if(arg_BATCH)
        list(APPEND options --batch "${arg_BATCH}")
    endif()
    if(arg_TARGETS)
        list(JOIN arg_TARGETS "," targets)
        list(APPEND options --targets "${targets}")
    elseif(CMAKE_CROSSCOMPILING)
        list(APPEND options --processor "${CMAKE_SYSTEM_PROCESSOR}")
    endif()
    if(TIMELOOM_CHECK_KERNEL_ARGUMENTS)
        list(APPEND options --check-arguments)
    endif()
    if(TIMELOOM_KERNEL_LISTINGS)
        list(APPEND options --listings)
    endif()
    set(archive "${directory}/${arg_MODEL}.a")
    set(header "${directory}/${arg_MODEL}.timeloom.hpp")
    add_custom_command(OUTPUT "${archive}" "${header}"
        COMMAND "${generator}" ${options}
        DEPENDS "${generator}"
        COMMENT "Generating the kernels of ${arg_MODEL}"
        VERBATIM)
    add_custom_target("${kernels}_files" DEPENDS "${archive}" "${header}")
endfunction()

# The generator program, built here. The target timeloom_model_generators is all that `all` builds.
function(_timeloom_add_generator generator directory)
    set(qualified "::${arg_MODEL}")
    if(arg_NAMESPACE)
        set(qualified "::${arg_NAMESPACE}::${arg_MODEL}")
    endif()
    file(CONFIGURE OUTPUT "${directory}/generator.cpp" @ONLY CONTENT [[
#include "@arg_HEADER@"

#include <timeloom/generators/emit_model.hpp>

int main(int argc, char** argv) {
    return timeloom::generators::emit_main(argc, argv, timeloom::declaration::describe(@qualified@), "@arg_MODEL@");
}
]])
    add_executable("${generator}" "${directory}/generator.cpp")
    target_link_libraries("${generator}" PRIVATE timeloom::generators)
    set_target_properties("${generator}" PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${directory}")
    if(NOT TARGET timeloom_model_generators)
        add_custom_target(timeloom_model_generators)
    endif()
    get_property(is_excluded DIRECTORY PROPERTY EXCLUDE_FROM_ALL)
    if(NOT is_excluded)
        add_dependencies(timeloom_model_generators "${generator}")
    endif()
endfunction()

# The generator program of another build folder, where the model has the same name.
function(_timeloom_take_generator generator)
    cmake_path(ABSOLUTE_PATH TIMELOOM_GENERATORS_FROM BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE OUTPUT_VARIABLE other)
    if(NOT EXISTS "${other}/CMakeCache.txt")
        message(FATAL_ERROR "TIMELOOM_GENERATORS_FROM is ${TIMELOOM_GENERATORS_FROM}, which is no build folder. Configure one "
            "for the machine that builds, and build its target timeloom_model_generators")
    endif()
    add_executable("${generator}" IMPORTED GLOBAL)
    set_target_properties("${generator}" PROPERTIES
        IMPORTED_LOCATION "${other}/kernels/${arg_MODEL}/${generator}")
endfunction()
