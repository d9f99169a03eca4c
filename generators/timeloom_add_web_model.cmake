# timeloom_add_web_model(<target> MODEL <name> WEIGHTS <file> [HEADER <file>] [NAMESPACE <ns>] [OUT <folder>])
#
# Makes of the constexpr model <name> with its weights what a page or Node.js loads:
#
#   import { Model } from "./<name>.mjs";
#   const model = await Model.load("<name>.wasm");
#   model.process(input, output);                            // Float32Arrays of any number of steps
#
# The target is built twice: in the build folder of the machine that builds, which has all that reads the weights, and then
# in one for WebAssembly (toolchains/wasm32-wasi.cmake), whose TIMELOOM_GENERATORS_FROM is the first one. The second makes
# <name>.wasm and <name>.mjs.
#
# WEIGHTS, HEADER, NAMESPACE  as for timeloom_embed_model().
# OUT                         where both files go; <target> in the current binary folder.
function(timeloom_add_web_model target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;WEIGHTS;HEADER;NAMESPACE;OUT" "")
    foreach(required MODEL WEIGHTS)
        if(NOT arg_${required})
            message(FATAL_ERROR "timeloom_add_web_model(${target}): ${required} is missing")
        endif()
    endforeach()
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "timeloom_add_web_model(${target}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()
    _timeloom_add_embedded_source("timeloom_add_web_model(${target})")
    set(model "${arg_MODEL}")
    if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
        add_custom_target("${target}")
        add_dependencies("${target}" "${model}_embedded_source")
        return()
    endif()

    if(NOT arg_OUT)
        set(arg_OUT "${target}")
    endif()
    cmake_path(ABSOLUTE_PATH arg_OUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    set(folder "${CMAKE_BINARY_DIR}/embedded/${model}")
    add_executable("${target}" "${folder}/${model}_embedded.cpp")
    _timeloom_set_embedded_options("${target}")
    target_link_libraries("${target}" PRIVATE m)
    set(exports __heap_base ${model}_reset ${model}_step ${model}_process ${model}_predict)
    list(TRANSFORM exports PREPEND "LINKER:--export-if-defined=")
    target_link_options("${target}" PRIVATE -nostartfiles LINKER:--no-entry LINKER:--strip-all ${exports})
    set_target_properties("${target}" PROPERTIES
        OUTPUT_NAME "${model}" SUFFIX .wasm RUNTIME_OUTPUT_DIRECTORY "${arg_OUT}")
    add_custom_command(TARGET "${target}" POST_BUILD
        COMMAND "${CMAKE_COMMAND}" -E copy "${folder}/${model}.mjs" "${arg_OUT}" VERBATIM)
endfunction()
