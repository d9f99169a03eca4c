// What all example programs do alike: report errors, write results.
#pragma once

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/atomic_write.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <exception>
#include <initializer_list>
#include <string>

/// Runs the program; an exception becomes one line on stderr and exit status 1.
template <class Program>
int run_program(const char* name, Program&& program) {
    try {
        program();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

/// Throws Error where one of the files cannot be written, so that a program learns it before its work; an
/// empty name is no file.
inline void require_writable(std::initializer_list<std::string> files) {
    for (const std::string& file : files) {
        if (!file.empty()) {
            timeloom::require_writable(file);
        }
    }
}

/// Writes `results` to `file`, unless its name is empty.
inline void write_results(const std::string& file, const nlohmann::json& results) {
    if (file.empty()) {
        return;
    }
    timeloom::write_file_atomically(file, results.dump(2) + '\n');
}
