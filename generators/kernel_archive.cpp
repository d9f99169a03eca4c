#include "timeloom/generators/kernel_archive.hpp"

#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/codegen/schedule/processors.hpp"
#include "timeloom/generators/kernel_generator.hpp"

#include <Halide.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace timeloom::generators {

using namespace Halide;
using codegen::kernel;

namespace {

std::vector<Target> parse_targets(const std::vector<std::string>& names) {
    std::vector<Target> targets;
    for (const std::string& name : names.empty() ? codegen::default_targets() : names) {
        Target target(name);
        target.set_feature(Target::NoRuntime);
        target.set_feature(Target::NoBoundsQuery);
        targets.push_back(target);
    }
    return targets;
}

/// Runs `work` in a process of its own, in which it may set what Halide and LLVM read once.
template <class Work>
pid_t start_process(const std::string& what, Work&& work) {
    const pid_t child = fork();
    if (child < 0) {
        throw std::runtime_error("cannot start a process to generate " + what);
    }
    if (child == 0) {
        try {
            work();
            _exit(0);
        } catch (const std::exception& error) {
            std::cerr << error.what() << std::endl;
            _exit(1);
        }
    }
    return child;
}

/// True if the process has ended as it should.
bool has_succeeded(pid_t process) {
    int status = 0;
    pid_t ended = -1;
    do {
        ended = waitpid(process, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A kernel that has no pipeline: as Halide does it for those that have one.
void compile_lowered(const kernel& k, const std::string& directory, const std::vector<Target>& targets,
                     const emit_options& options) {
    std::map<OutputFileType, std::string> files{{OutputFileType::object, directory + "/" + k.name + ".o"}};
    if (options.listings) {
        files[OutputFileType::stmt] = directory + "/" + k.name + ".stmt";
        files[OutputFileType::assembly] = directory + "/" + k.name + ".s";
    }
    compile_multitarget(k.name, files, targets, {}, [&](const std::string& function, const Target& target) {
        return k.lowered(function, target);
    });
}

bool has_few_registers(const Target& target) { return codegen::machine_of(target).vector_registers <= 16; }

/// Where registers are few, LLVM's scheduler would put all terms of one sum next to each other, and each
/// addition would wait for the one before it. So the statements keep their order there. LLVM reads that
/// setting once in a process, which is why those targets are compiled in a process of their own.
void emit_lowered(const kernel& k, const std::string& directory, std::vector<Target> targets,
                  const emit_options& options) {
    namespace fs = std::filesystem;
    std::ranges::for_each(targets, [](Target& t) { t.set_feature(Target::NoAsserts); });
    if (std::ranges::none_of(targets, has_few_registers)) {
        return compile_lowered(k, directory, targets, options);
    }
    const fs::path ordered = fs::path(directory) / (k.name + "_in_order");
    fs::create_directory(ordered);
    const pid_t process = start_process("kernel " + k.name, [&] {
        setenv("HL_LLVM_ARGS", "-enable-misched=0 -pre-RA-sched=source", 1);
        compile_lowered(k, ordered.string(), targets, options);
    });
    compile_lowered(k, directory, targets, options);
    if (!has_succeeded(process)) {
        throw std::runtime_error("cannot generate kernel " + k.name + " in order, see above");
    }
    for (const Target& target : targets) {
        const std::string name = k.name + (targets.size() > 1 ? "-" + target.to_string() : "");
        for (const char* extension : {".o", ".stmt", ".s"}) {
            const std::string file = name + extension;
            if (has_few_registers(target) && fs::exists(ordered / file)) {
                fs::rename(ordered / file, fs::path(directory) / file);
            }
        }
    }
    fs::remove_all(ordered);
}

void emit_kernel(const kernel& k, const std::string& directory, const std::vector<Target>& targets,
                 const emit_options& options) {
    if (k.lowered) {
        return emit_lowered(k, directory, targets, options);
    }
    Internal::ExecuteGeneratorArgs args;
    args.output_dir = directory;
    args.output_types = {OutputFileType::object};
    if (options.listings) {
        args.output_types.insert({OutputFileType::stmt, OutputFileType::assembly});
    }
    args.targets = targets;
    if (!options.checks_arguments) {
        std::ranges::for_each(args.targets, [](Target& t) { t.set_feature(Target::NoAsserts); });
    }
    args.generator_name = k.name;
    args.function_name = k.name;
    args.create_generator = [&](const std::string&, const GeneratorContext& context) {
        return std::make_unique<KernelGenerator>(k, context);
    };
    Internal::execute_generator(args);
}

void emit_timed(const kernel& k, const std::string& directory, const std::vector<Target>& targets,
                const emit_options& options) {
    const auto start = std::chrono::steady_clock::now();
    try {
        emit_kernel(k, directory, targets, options);
    } catch (const Halide::Error& error) {
        throw std::runtime_error("cannot generate kernel " + k.name + ": " + error.what());
    }
    if (options.verbose) {
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        std::cout << k.name + ' ' + std::to_string(seconds.count()) + " s\n" << std::flush;
    }
}

/// Kernels are independent: each in a process of its own, as many at a time as there are cores. Halide
/// numbers names within a process, so this also makes a kernel's bytes the same whatever was generated before
/// it.
void emit_kernels(const std::vector<kernel>& kernels, const std::string& directory,
                  const std::vector<Target>& targets, const emit_options& options) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t jobs = options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : cores;
    std::deque<pid_t> running;
    bool all_done = true;
    const auto wait_for_first = [&] {
        all_done = has_succeeded(running.front()) && all_done;
        running.pop_front();
    };
    for (const kernel& k : kernels) {
        if (running.size() == jobs) {
            wait_for_first();
        }
        running.push_back(
            start_process("kernel " + k.name, [&] { emit_timed(k, directory, targets, options); }));
    }
    while (!running.empty()) {
        wait_for_first();
    }
    if (!all_done) {
        throw std::runtime_error("kernels are missing: at least one could not be generated, see above");
    }
}

/// All object files of `directory` in one archive, in the order of their names.
void pack(const std::filesystem::path& directory, const std::filesystem::path& archive,
          const Target& target) {
    std::vector<std::string> objects;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() == ".o") {
            objects.push_back(entry.path().string());
        }
    }
    std::sort(objects.begin(), objects.end());
    create_static_library(objects, target, archive.string());
}

} // namespace

void emit_archive(const std::vector<codegen::kernel>& kernels, const emit_options& options) {
    const std::vector<Target> targets = parse_targets(options.targets);
    const std::filesystem::path directory = options.directory;
    const std::filesystem::path objects = directory / (options.model + ".kernels");
    std::filesystem::remove_all(objects);
    std::filesystem::create_directories(objects);
    emit_kernels(kernels, objects.string(), targets, options);
    pack(objects, directory / (options.model + ".a"), targets.back());
    if (!options.listings) {
        std::filesystem::remove_all(objects);
    }
}

} // namespace timeloom::generators
