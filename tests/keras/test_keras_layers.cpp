// The recurrent layers against Keras: outputs, final states and all gradients of golden/keras_layers.json.
#include "../kernels/compiled_network.hpp"
#include "../support/golden_file.hpp"

#include "timeloom/dsl/cells/cells.hpp"
#include "timeloom/runtime/cells/cell_work.hpp"
#include "timeloom/runtime/cells/transposed_matrices.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>

using namespace timeloom;
using namespace timeloom::detail;
using nlohmann::json;

namespace {

declaration::graph cell_called(const std::string& name) {
    static const std::map<std::string, declaration::graph> cells{
        {"SimpleRNN", declaration::simple_rnn_cell()},
        {"LSTM", declaration::lstm_cell()},
        {"GRU_reset_after", declaration::gru_cell()},
        {"GRU_reset_before", declaration::gru_reset_before_cell()}};
    return cells.at(name);
}

/// Calls f(our name, values) for every weight. Keras keeps the two biases of a GRU with reset_after as rows
/// of one.
template <class F>
void for_each_weight(const json& weights, const std::string& layer, F&& f) {
    for (const char* name : {"kernel", "recurrent_kernel"}) {
        f(layer + "/" + name, golden::values<float>(weights.at(name)));
    }
    const std::vector<float> bias = golden::values<float>(weights.at("bias"));
    if (weights.at("bias").at("shape").size() == 2) {
        const auto half = bias.begin() + static_cast<std::ptrdiff_t>(bias.size() / 2);
        f(layer + "/bias", std::vector<float>(bias.begin(), half));
        f(layer + "/recurrent_bias", std::vector<float>(half, bias.end()));
    } else {
        f(layer + "/bias", bias);
    }
}

/// A (batch, timesteps, width) array in memory as layers have it.
struct Sequence {
    SequenceView view;
    aligned_buffer<float> memory;

    Sequence(int batch, int timesteps, int width) {
        const int row = plan::padded(width);
        const int rows = tests::padded_rows(batch);
        view = {nullptr, timesteps, batch, rows, width, row, std::ptrdiff_t{row} * rows};
        memory = aligned_buffer<float>(static_cast<std::size_t>(view.time_stride * timesteps));
        view.data = memory.data();
    }
};

template <class F>
void for_each_value(const SequenceView& v, F&& f) {
    std::size_t i = 0;
    for (int b = 0; b < v.rows; ++b) {
        for (int t = 0; t < v.timesteps; ++t) {
            for (int u = 0; u < v.width; ++u) {
                f(v.row(t, b)[u], i++);
            }
        }
    }
}

/// Float32 against Keras's float64, over five steps of products of a few numbers of size 1.
constexpr double tolerance = 2e-6;

void check_sequence(const SequenceView& v, const json& expected) {
    const auto values = golden::values<double>(expected);
    for_each_value(v,
                   [&](float value, std::size_t i) { CHECK(value == Approx(values[i]).margin(tolerance)); });
}

void check_case(const json& c) {
    const int batch = c.at("batch"), timesteps = c.at("timesteps"), features = c.at("features"),
              units = c.at("units");
    const tests::CompiledNetwork compiled(
        tests::network_of(cell_called(c.at("layer")), features, units, timesteps, true),
        {tests::best_target()}, tests::kernels_for(batch));
    const plan::Model& plan = compiled.plan();
    const plan::Layer& layer = plan.layers[0];
    aligned_buffer<float> parameters(plan.parameters_size), gradients(plan.parameters_size);
    for_each_weight(c.at("weights"), std::string(layer.name),
                    [&](const std::string& name, const std::vector<float>& values) {
                        pack(find_parameter(plan, name), values, parameters.span());
                    });
    aligned_buffer<float> transposed(plan.transposed_size);
    pack_transposed(plan, parameters.data(), transposed.data());

    CellWork work(plan, 0, {parameters.data(), transposed.data()});
    Sequence x(batch, timesteps, features), diff_output(batch, timesteps, units);
    for_each_value(x.view, [v = golden::values<float>(c.at("x"))](float& to, std::size_t i) { to = v[i]; });
    for_each_value(diff_output.view, [v = golden::values<float>(c.at("coefficients"))](
                                         float& to, std::size_t i) { to = v[i]; });
    const SequenceView output = work.prepare({&x.view, 1}, true);
    const SequenceView diff_x = work.prepare_backward(diff_output.view).at(0);
    const StepContext context{.training = true};
    work.forward(context);
    work.backward(context, gradients.data());

    check_sequence(output, c.at("output"));
    for (int s = 0; s < layer.cell.state_count(); ++s) {
        check_sequence(work.states(s).steps(timesteps - 1, 1), c.at("states")[static_cast<std::size_t>(s)]);
    }
    check_sequence(diff_x, c.at("gradients").at("x"));
    for_each_weight(c.at("gradients"), std::string(layer.name),
                    [&](const std::string& name, const std::vector<float>& expected) {
                        std::vector<float> values(expected.size());
                        unpack(find_parameter(plan, name), gradients.span(), values);
                        for (std::size_t i = 0; i < values.size(); ++i) {
                            INFO(name << " " << i);
                            CHECK(values[i] == Approx(expected[i]).margin(tolerance));
                        }
                    });
}

} // namespace

TEST_CASE("recurrent layers do what Keras's do, forward and backward") {
    const json file = golden::read("keras_layers.json");
    for (const json& c : file.at("cases")) {
        INFO(c.at("name"));
        check_case(c);
    }
}
