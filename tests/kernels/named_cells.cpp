#include "named_cells.hpp"

#include "unrolled_cell.hpp"

#include <stdexcept>

namespace timeloom::tests {

namespace {

/// The parameters of a gate by its name and by what they multiply.
class Gates {
  public:
    explicit Gates(const declaration::graph& g) : g_(g) {}

    /// (x·kernel)(u)
    template <class T>
    T kernel(const cell_parameters<T>& p, const char* gate, const row_of<T>& x, std::size_t u) const {
        return product(p, gate, true, x, u);
    }
    /// (h·recurrent_kernel)(u)
    template <class T>
    T recurrent(const cell_parameters<T>& p, const char* gate, const row_of<T>& h, std::size_t u) const {
        return product(p, gate, false, h, u);
    }
    template <class T>
    T bias(const cell_parameters<T>& p, const char* gate, std::size_t u) const {
        return vector(p, gate, declaration::vector_parameter::role::bias, u);
    }
    template <class T>
    T recurrent_bias(const cell_parameters<T>& p, const char* gate, std::size_t u) const {
        return vector(p, gate, declaration::vector_parameter::role::recurrent_bias, u);
    }

  private:
    template <class T>
    T product(const cell_parameters<T>& p, const char* gate, bool of_input, const row_of<T>& v,
              std::size_t u) const {
        for (int m = 0; m < g_.matrices.size(); ++m) {
            const bool reads_input = g_.nodes[g_.matrices[m].operand].kind == declaration::node_kind::input;
            if (g_.matrices[m].gate.view() == gate && reads_input == of_input) {
                T sum = 0.0;
                for (std::size_t k = 0; k < v.size(); ++k) {
                    sum = sum + v[k] * p.matrices[static_cast<std::size_t>(m)][k][u];
                }
                return sum;
            }
        }
        throw std::logic_error(std::string("no matrix of gate ") + gate);
    }

    template <class T>
    T vector(const cell_parameters<T>& p, const char* gate, declaration::vector_parameter::role role,
             std::size_t u) const {
        for (int v = 0; v < g_.vectors.size(); ++v) {
            if (g_.vectors[v].gate.view() == gate && g_.vectors[v].kind == role) {
                return p.vectors[static_cast<std::size_t>(v)][u];
            }
        }
        throw std::logic_error(std::string("no vector of gate ") + gate);
    }

    const declaration::graph& g_;
};

using std::tanh;

struct SimpleRnn {
    Gates w;
    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& p) const {
        row_of<T> h;
        for (std::size_t u = 0; u < states[0].size(); ++u) {
            h.push_back(tanh(w.kernel(p, "h", x, u) + w.recurrent(p, "h", states[0], u) + w.bias(p, "h", u)));
        }
        return {{h}, h, {}};
    }
};

/// LSTM, and with `misprinted` the one without forget gate whose output shows the old c.
struct Lstm {
    Gates w;
    bool misprinted;
    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& p) const {
        const row_of<T>& h_old = states[0];
        const row_of<T>& c_old = states[1];
        row_of<T> h, c;
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            const auto sum = [&](const char* gate) {
                return w.kernel(p, gate, x, u) + w.recurrent(p, gate, h_old, u) + w.bias(p, gate, u);
            };
            const T i = logistic(sum("i"));
            const T o = logistic(sum("o"));
            if (misprinted) {
                c.push_back(c_old[u] + i * tanh(sum("g")));
                h.push_back(o * tanh(c_old[u]));
            } else {
                c.push_back(logistic(sum("f")) * c_old[u] + i * tanh(sum("c")));
                h.push_back(o * tanh(c[u]));
            }
        }
        return {{h, c}, h, {}};
    }
};

struct Gru {
    Gates w;
    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& p) const {
        const row_of<T>& h_old = states[0];
        row_of<T> h;
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            const auto from_x = [&](const char* gate) {
                return w.kernel(p, gate, x, u) + w.bias(p, gate, u);
            };
            const auto from_h = [&](const char* gate) {
                return w.recurrent(p, gate, h_old, u) + w.recurrent_bias(p, gate, u);
            };
            const T z = logistic(from_x("z") + from_h("z"));
            const T r = logistic(from_x("r") + from_h("r"));
            const T candidate = tanh(from_x("h") + r * from_h("h"));
            h.push_back(z * h_old[u] + (T(1.0) - z) * candidate);
        }
        return {{h}, h, {}};
    }
};

struct GruResetBefore {
    Gates w;
    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& p) const {
        const row_of<T>& h_old = states[0];
        const auto sum = [&](const char* gate, const row_of<T>& v, std::size_t u) {
            return w.kernel(p, gate, x, u) + w.recurrent(p, gate, v, u) + w.bias(p, gate, u);
        };
        row_of<T> reset, h;
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            reset.push_back(logistic(sum("r", h_old, u)) * h_old[u]);
        }
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            const T z = logistic(sum("z", h_old, u));
            h.push_back(z * h_old[u] + (T(1.0) - z) * tanh(sum("h", reset, u)));
        }
        return {{h}, h, {}};
    }
};

struct MinimalGatedUnit {
    Gates w;
    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& p) const {
        const row_of<T>& h_old = states[0];
        const auto sum = [&](const char* gate, const row_of<T>& v, std::size_t u) {
            return w.kernel(p, gate, x, u) + w.recurrent(p, gate, v, u) + w.bias(p, gate, u);
        };
        row_of<T> f, forgotten, h;
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            f.push_back(logistic(sum("f", h_old, u)));
            forgotten.push_back(f[u] * h_old[u]);
        }
        for (std::size_t u = 0; u < h_old.size(); ++u) {
            h.push_back((T(1.0) - f[u]) * h_old[u] + f[u] * tanh(sum("h", forgotten, u)));
        }
        return {{h}, h, {}};
    }
};

} // namespace

cell_solution solve_by_hand(const std::string& name, const cell_problem& problem) {
    const Gates w(problem.cell);
    if (name == "simple_rnn") {
        return solve_with(problem, SimpleRnn{w});
    }
    if (name == "lstm" || name == "misprinted_lstm") {
        return solve_with(problem, Lstm{w, name == "misprinted_lstm"});
    }
    if (name == "gru") {
        return solve_with(problem, Gru{w});
    }
    if (name == "gru_reset_before") {
        return solve_with(problem, GruResetBefore{w});
    }
    if (name == "minimal_gated_unit") {
        return solve_with(problem, MinimalGatedUnit{w});
    }
    throw std::logic_error("no equations are written out for " + name);
}

} // namespace timeloom::tests
