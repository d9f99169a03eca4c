#include "timeloom/generators/emit_model.hpp"

#include "timeloom/codegen/schedule/processors.hpp"

#include <exception>
#include <iostream>
#include <sstream>

namespace timeloom::generators {

namespace {

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    std::istringstream in(list);
    for (std::string part; std::getline(in, part, ',');) {
        parts.push_back(part);
    }
    return parts;
}

template <class Description>
int emit(int argc, char** argv, const Description& description, const std::string& model) {
    emit_options options;
    options.model = model;
    std::string processor;
    bool prints_plan = false;
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const bool has_value = i + 1 < arguments.size();
        if (arguments[i] == "--out" && has_value) {
            options.directory = arguments[++i];
        } else if (arguments[i] == "--targets" && has_value) {
            options.targets = split(arguments[++i]);
        } else if (arguments[i] == "--processor" && has_value) {
            processor = arguments[++i];
        } else if (arguments[i] == "--batch" && has_value) {
            options.batch = std::stoi(arguments[++i]);
        } else if (arguments[i] == "--jobs" && has_value) {
            options.jobs = std::stoi(arguments[++i]);
        } else if (arguments[i] == "--listings") {
            options.listings = true;
        } else if (arguments[i] == "--check-arguments") {
            options.checks_arguments = true;
        } else if (arguments[i] == "--verbose") {
            options.verbose = true;
        } else if (arguments[i] == "--plan") {
            prints_plan = true;
        } else {
            std::cerr << argv[0] << ": unknown option " << arguments[i]
                      << "; use --out DIRECTORY [--batch ROWS] [--jobs N] [--targets T1,T2] "
                         "[--processor NAME] [--listings] [--check-arguments] [--verbose] [--plan]\n";
            return 2;
        }
    }
    try {
        if (!processor.empty()) {
            options.targets = codegen::targets_of(processor);
        }
        if (prints_plan) {
            print_plan(description, options);
        } else {
            emit_model(description, options);
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << argv[0] << ": " << error.what() << '\n';
        return 1;
    }
}

} // namespace

int emit_main(int argc, char** argv, const declaration::network& network, const std::string& model) {
    return emit(argc, argv, network, model);
}

int emit_main(int argc, char** argv, const declaration::arima_description& arima, const std::string& model) {
    return emit(argc, argv, arima, model);
}

} // namespace timeloom::generators
