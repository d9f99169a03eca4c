#include "timeloom/generators/emit_model.hpp"

#include "timeloom/codegen/plan/arima_plan.hpp"
#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/codegen/stream/stream_kernel.hpp"
#include "timeloom/generators/arima_plan_header.hpp"
#include "timeloom/generators/arima_plan_table.hpp"
#include "timeloom/generators/plan_header.hpp"
#include "timeloom/generators/plan_table.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <variant>

namespace timeloom::generators {

namespace {

template <class Kernels>
void emit_archive_of(const Kernels& kernels, const emit_options& options) {
    std::vector<codegen::kernel> code; // each once: layers share it
    for (const auto& k : kernels) {
        if (std::ranges::find(code, k.code.name, &codegen::kernel::name) == code.end()) {
            code.push_back(k.code);
        }
    }
    emit_archive(code, options);
}

std::filesystem::path header_of(const emit_options& options) {
    return std::filesystem::path(options.directory) / (options.model + ".timeloom.hpp");
}

} // namespace

void emit_model(const declaration::network& network, const emit_options& options,
                const wanted_kernel& wanted) {
    std::vector<codegen::network_kernel> kernels =
        codegen::kernels_with_stream(network, options.model, options.batch);
    if (wanted) {
        std::erase_if(kernels, [&](const codegen::network_kernel& k) { return !wanted(k.kind, k.variant); });
    }
    emit_archive_of(kernels, options);
    codegen::model_plan planned(network, options.model);
    planned.add_kernels(kernels);
    write_plan(planned.plan(), header_of(options));
}

void print_plan(const declaration::network& network, const emit_options& options) {
    codegen::model_plan planned(network, options.model);
    planned.add_kernels(codegen::kernels_with_stream(network, options.model, options.batch));
    std::cout << plan_table(planned.plan());
}

void emit_model(const declaration::arima_description& arima, const emit_options& options) {
    const std::vector<codegen::arima_kernel> kernels = codegen::kernels_of(arima, options.model);
    emit_archive_of(kernels, options);
    const codegen::arima_plan planned(arima, kernels, options.model);
    std::visit([&](const auto& plan) { write_plan(plan, header_of(options)); }, planned.plan());
}

void print_plan(const declaration::arima_description& arima, const emit_options& options) {
    const codegen::arima_plan planned(arima, codegen::kernels_of(arima, options.model), options.model);
    std::visit([](const auto& plan) { std::cout << plan_table(plan); }, planned.plan());
}

} // namespace timeloom::generators
