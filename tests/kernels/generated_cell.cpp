#include "generated_cell.hpp"

#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/runtime/cells/cell_work.hpp"
#include "timeloom/runtime/cells/transposed_matrices.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace timeloom::tests {

using namespace detail;

namespace {

/// A number where nothing must depend on what is there.
constexpr float filler = 5.0f;

/// Position of matrix m in the model's buffer.
plan::PackedMatrix place_of(const declaration::layer& layer, const plan::Cell& cell, int m) {
    const auto groups = declaration::product_groups(layer.cell.step);
    int g = 0;
    while (groups[g].matrices.find(m) < 0) {
        ++g;
    }
    return {cell.products[static_cast<std::size_t>(g)].offset,
            groups[g].reads_input ? layer.features : layer.units,
            layer.units,
            groups[g].matrices.size(),
            groups[g].matrices.find(m),
            plan::lane_block(layer.units)};
}

/// The plan of a network of one layer with other windows of truncated backpropagation: kernels do not depend
/// on them.
class TruncatedPlan {
  public:
    TruncatedPlan(const plan::Model& plan, int window) : layer_(plan.layers[0]), plan_(plan) {
        layer_.truncate = window;
        plan_.layers = {&layer_, 1};
    }
    TruncatedPlan(const TruncatedPlan&) = delete;
    TruncatedPlan& operator=(const TruncatedPlan&) = delete;
    const plan::Model& get() const { return plan_; }

  private:
    plan::Layer layer_;
    plan::Model plan_;
};

/// Memory of a sequence, filled with numbers that must not matter.
struct owned_sequence {
    aligned_buffer<float> memory;
    SequenceView view;

    owned_sequence(const values& v, int rows_of_memory) {
        const int width = plan::padded(v.width);
        const std::ptrdiff_t time_stride = std::ptrdiff_t{width} * rows_of_memory;
        memory = aligned_buffer<float>(static_cast<std::size_t>(time_stride * v.timesteps));
        std::ranges::fill(memory, filler);
        view = {memory.data(), v.timesteps, v.rows, rows_of_memory, v.width, width, time_stride};
        for (int t = 0; t < v.timesteps; ++t) {
            for (int b = 0; b < v.rows; ++b) {
                for (int u = 0; u < v.width; ++u) {
                    view.row(t, b)[u] = static_cast<float>(v.at(t, b, u));
                }
            }
        }
    }
};

values copied(const SequenceView& view) {
    values v(view.timesteps, view.rows, view.width);
    for (int t = 0; t < v.timesteps; ++t) {
        for (int b = 0; b < v.rows; ++b) {
            for (int u = 0; u < v.width; ++u) {
                v.at(t, b, u) = view.row(t, b)[u];
            }
        }
    }
    return v;
}

/// The rows of a (1, rows, units) tensor, with numbers that must not matter in the padding.
void fill_rows(const SequenceView& to, const values& from) {
    std::fill_n(to.data, to.time_stride, filler);
    for (int b = 0; b < from.rows; ++b) {
        for (int u = 0; u < from.width; ++u) {
            to.row(0, b)[u] = static_cast<float>(from.at(0, b, u));
        }
    }
}

/// The cell with its parameters in place, ready to run.
class CellRun {
  public:
    CellRun(const CompiledNetwork& network, const cell_problem& problem)
        : problem_(problem), layer_(network.network().layers[0]), plan_(network.plan(), problem.window),
          parameters_(network.plan().parameters_size), gradients_(parameters_.size()),
          transposed_(network.plan().transposed_size), input_(problem.input, padded_rows(problem.shape.rows)),
          diff_output_(problem.diff_output, padded_rows(problem.shape.rows)) {
        place_mask();
        for_each_parameter([&](const values& v, const plan::PackedMatrix& place, std::size_t, bool) {
            for (int k = 0; k < v.rows; ++k) {
                for (int u = 0; u < v.width; ++u) {
                    parameters_[place.index(k, u)] = static_cast<float>(v.at(0, k, u));
                }
            }
        });
        pack_transposed(plan_.get(), parameters_.data(), transposed_.data());
        work_.emplace(plan_.get(), 0, ParameterView{parameters_.data(), transposed_.data()});
    }

    generated_solution run() {
        generated_solution result;
        result.inference_output = copied(forward(false));
        result.inference = states();
        result.training.output = copied(forward(true));
        result.training.states = states();
        for (int i = 0; i < layer_.cell.saved.size(); ++i) {
            result.workspace.push_back(copied(work_->saved(i)));
        }
        result.training.diff_input = copied(backward());
        for (std::size_t s = 0; s < problem_.initial.size(); ++s) {
            result.training.diff_initial.push_back(copied(work_->diff_initial_state(static_cast<int>(s))));
        }
        read_gradients(result.training);
        return result;
    }

  private:
    void place_mask() {
        const values& mask = problem_.mask;
        if (mask.data.empty()) {
            return;
        }
        const auto stride = static_cast<std::size_t>(input_.view.padded_rows);
        mask_ = aligned_buffer<float>(stride * static_cast<std::size_t>(mask.timesteps));
        std::ranges::fill(mask_, filler);
        for (int t = 0; t < mask.timesteps; ++t) {
            for (int b = 0; b < mask.rows; ++b) {
                mask_[static_cast<std::size_t>(t) * stride + static_cast<std::size_t>(b)] =
                    static_cast<float>(mask.at(t, b, 0));
            }
        }
        input_.view.mask = mask_.data();
        input_.view.step_stride = input_.view.padded_rows;
    }

    /// Calls f(tensor, its place, number, is it a matrix).
    template <class F>
    void for_each_parameter(F&& f) const {
        for (std::size_t m = 0; m < problem_.matrices.size(); ++m) {
            f(problem_.matrices[m], place_of(layer_, plan_.get().layers[0].cell, static_cast<int>(m)), m,
              true);
        }
        for (std::size_t v = 0; v < problem_.vectors.size(); ++v) {
            const std::size_t offset =
                plan_.get().layers[0].vectors + v * static_cast<std::size_t>(plan::padded(layer_.units));
            f(problem_.vectors[v],
              plan::PackedMatrix{offset, 1, layer_.units, 1, 0, plan::lane_block(layer_.units)}, v, false);
        }
    }

    SequenceView forward(bool training) {
        const SequenceView output = work_->prepare({&input_.view, 1}, training);
        for (std::size_t s = 0; s < problem_.initial.size(); ++s) {
            fill_rows(work_->initial_state(static_cast<int>(s)), problem_.initial[s]);
        }
        work_->forward({.training = training});
        return output;
    }

    SequenceView backward() {
        if (problem_.final_states_are_read) {
            work_->let_final_states_be_read();
        }
        const SequenceView diff_input = work_->prepare_backward(diff_output_.view).at(0);
        for (std::size_t s = 0; s < problem_.diff_final.size(); ++s) {
            fill_rows(work_->diff_final_state(static_cast<int>(s)), problem_.diff_final[s]);
        }
        work_->backward({.training = true}, gradients_.data());
        if (!problem_.initial.empty()) {
            work_->initial_state_gradient();
        }
        return diff_input;
    }

    std::vector<values> states() {
        std::vector<values> result;
        for (std::size_t s = 0; s < problem_.initial.size(); ++s) {
            result.push_back(copied(work_->states(static_cast<int>(s))));
        }
        return result;
    }

    void read_gradients(cell_solution& solution) const {
        for_each_parameter(
            [&](const values& v, const plan::PackedMatrix& place, std::size_t, bool is_matrix) {
                auto& tensors = is_matrix ? solution.diff_matrices : solution.diff_vectors;
                values& gradient = tensors.emplace_back(1, v.rows, v.width);
                for (int k = 0; k < v.rows; ++k) {
                    for (int u = 0; u < v.width; ++u) {
                        gradient.at(0, k, u) = gradients_[place.index(k, u)];
                    }
                }
            });
    }

    const cell_problem& problem_;
    const declaration::layer& layer_;
    TruncatedPlan plan_;
    aligned_buffer<float> parameters_, gradients_, transposed_, mask_;
    owned_sequence input_, diff_output_;
    std::optional<CellWork> work_;
};

} // namespace

generated_solution run_generated(const CompiledNetwork& network, const cell_problem& problem) {
    return CellRun(network, problem).run();
}

std::vector<compared_tensor> tensors_of(const declaration::differentiated_cell& cell,
                                        const cell_solution& expected, const generated_solution& generated,
                                        bool return_sequences, const cell_solution* expected_inference) {
    const cell_solution& inference = expected_inference != nullptr ? *expected_inference : expected;
    std::vector<compared_tensor> tensors;
    const cell_solution& training = generated.training;
    const auto numbered = [&](const std::string& name, const std::vector<values>& left,
                              const std::vector<values>& right, bool is_gradient) {
        for (std::size_t i = 0; i < left.size(); ++i) {
            tensors.push_back({name + " " + std::to_string(i), &left[i], &right[i], is_gradient});
        }
    };
    numbered("state in inference", inference.states, generated.inference, false);
    numbered("state in training", expected.states, training.states, false);
    if (return_sequences) {
        tensors.push_back({"output in inference", &inference.output, &generated.inference_output, false});
        tensors.push_back({"output in training", &expected.output, &training.output, false});
    }
    for (int i = 0; i < (expected.nodes.empty() ? 0 : cell.saved.size()); ++i) {
        const auto item = static_cast<std::size_t>(i);
        tensors.push_back({"workspace " + std::to_string(i),
                           &expected.nodes[static_cast<std::size_t>(cell.saved[i])],
                           &generated.workspace[item], false});
    }
    numbered("gradient of matrix", expected.diff_matrices, training.diff_matrices, true);
    numbered("gradient of vector", expected.diff_vectors, training.diff_vectors, true);
    numbered("gradient of initial state", expected.diff_initial, training.diff_initial, true);
    tensors.push_back({"gradient of input", &expected.diff_input, &training.diff_input, true});
    return tensors;
}

double tolerance(const cell_shape& shape, bool is_gradient) {
    constexpr double c = 4;
    const double length = double(shape.features + shape.units) * shape.timesteps * shape.rows;
    return c * std::ceil(std::log2(length)) * std::ldexp(1.0, -23) * (is_gradient ? 2 : 1);
}

double error_in_tolerances(const compared_tensor& tensor, const cell_shape& shape) {
    const double error = largest_difference(*tensor.expected, *tensor.generated);
    const double allowed = tolerance(shape, tensor.is_gradient) * largest(*tensor.expected);
    return error == 0 ? 0 : error / allowed;
}

} // namespace timeloom::tests
