#include "timeloom/generators/import/reference/cell_steps.hpp"

#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/generators/import/description/shapes.hpp"

#include <algorithm>

namespace timeloom::importing {

namespace {

using Vector = std::vector<double>;
using Function = double (*)(double);

class CellSteps {
  public:
    CellSteps(const Layer& cell, std::size_t features)
        : cell_(cell), features_(features), units_(static_cast<std::size_t>(cell.units)),
          columns_(units_ * static_cast<std::size_t>(gate_count(cell.kind))),
          inner_(function(cell.activation)), gate_(function(cell.recurrent_activation)),
          outer_(cell.extras.output_activation.empty() ? inner_ : function(cell.extras.output_activation)) {}

    std::vector<Vector> start() const {
        std::vector<Vector> states{values("initial_h", units_)};
        if (cell_.kind == Kind::lstm)
            states.push_back(values("initial_c", units_));
        return states;
    }

    std::vector<Vector> step(const double* x, const std::vector<Vector>& states) const {
        if (cell_.kind == Kind::lstm)
            return lstm(x, states[0], states[1]);
        return {cell_.kind == Kind::gru ? gru(x, states[0]) : simple_rnn(x, states[0])};
    }

  private:
    static Function function(const std::string& name) { return find_activation(name, "").value; }

    /// The values of a bias or another vector; zeros where the cell has none of that role.
    Vector values(const char* role, std::size_t size) const {
        if (!cell_.has(role))
            return Vector(size, 0.0);
        const auto floats = cell_.weights.at(role).values();
        return {floats.begin(), floats.end()};
    }

    /// Adds v · M for the columns first … first + count.
    static void add_product(const char* role, const Layer& cell, const double* v, std::size_t rows,
                            std::size_t columns, std::size_t first, std::size_t count, Vector& sums) {
        const float* m = cell.weights.at(role).data();
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t j = 0; j < count; ++j)
                sums[first + j] += v[r] * static_cast<double>(m[r * columns + first + j]);
    }

    Vector from_input(const double* x) const {
        Vector sums = values("bias", columns_);
        add_product("kernel", cell_, x, features_, columns_, 0, columns_, sums);
        return sums;
    }
    void add_recurrent(const Vector& h, std::size_t gate, std::size_t gates, Vector& sums) const {
        add_product("recurrent_kernel", cell_, h.data(), units_, columns_, gate * units_, gates * units_,
                    sums);
    }

    double clipped(double sum) const {
        return cell_.extras.clip > 0 ? std::clamp(sum, -cell_.extras.clip, cell_.extras.clip) : sum;
    }

    Vector simple_rnn(const double* x, const Vector& h) const {
        Vector sums = from_input(x);
        add_recurrent(h, 0, 1, sums);
        for (double& s : sums)
            s = inner_(clipped(s));
        return sums;
    }

    std::vector<Vector> lstm(const double* x, const Vector& h, const Vector& c) const {
        Vector sums = from_input(x);
        add_recurrent(h, 0, 4, sums);
        const Vector to_i = values("peephole_i", units_), to_f = values("peephole_f", units_),
                     to_o = values("peephole_o", units_);
        Vector next_h(units_), next_c(units_);
        for (std::size_t u = 0; u < units_; ++u) {
            const double i = gate_(clipped(sums[u] + to_i[u] * c[u]));
            const double f =
                cell_.extras.couples_gates ? 1 - i : gate_(clipped(sums[units_ + u] + to_f[u] * c[u]));
            next_c[u] = f * c[u] + i * inner_(clipped(sums[2 * units_ + u]));
            const double o = gate_(clipped(sums[3 * units_ + u] + to_o[u] * next_c[u]));
            next_h[u] = o * outer_(clipped(next_c[u]));
        }
        return {next_h, next_c};
    }

    Vector gru(const double* x, const Vector& h) const {
        Vector from_x = from_input(x), from_h = values("recurrent_bias", columns_);
        add_recurrent(h, 0, 2, from_h);
        Vector z(units_), r(units_), reset(h);
        for (std::size_t u = 0; u < units_; ++u) {
            z[u] = gate_(clipped(from_x[u] + from_h[u]));
            r[u] = gate_(clipped(from_x[units_ + u] + from_h[units_ + u]));
            reset[u] *= r[u];
        }
        add_recurrent(cell_.reset_after ? h : reset, 2, 1, from_h);
        Vector next(units_);
        for (std::size_t u = 0; u < units_; ++u) {
            const double product = from_h[2 * units_ + u] * (cell_.reset_after ? r[u] : 1.0);
            next[u] = z[u] * h[u] + (1 - z[u]) * inner_(clipped(from_x[2 * units_ + u] + product));
        }
        return next;
    }

    const Layer& cell_;
    std::size_t features_, units_, columns_;
    Function inner_, gate_, outer_;
};

} // namespace

CellRun run_cell(const Layer& cell, const Sequence& in, const std::vector<std::vector<double>>& start) {
    const CellSteps steps(cell, in.features);
    CellRun run;
    run.states = start.empty() ? steps.start() : start;
    run.outputs = {static_cast<std::size_t>(cell.units), {}, in.counts};
    Vector output(static_cast<std::size_t>(cell.units), 0.0);
    for (std::size_t t = 0; t < in.steps(); ++t) {
        if (in.counts[t]) {
            run.states = steps.step(in.at(t), run.states);
            output = run.states[0];
        }
        run.outputs.values.insert(run.outputs.values.end(), output.begin(), output.end());
    }
    return run;
}

Sequence reversed(const Sequence& in) {
    Sequence out{in.features, {}, {in.counts.rbegin(), in.counts.rend()}};
    for (std::size_t t = in.steps(); t-- > 0;)
        out.values.insert(out.values.end(), in.at(t), in.at(t) + in.features);
    return out;
}

} // namespace timeloom::importing
