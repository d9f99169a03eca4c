// What a cell's equations become must not depend on the order in which a compiler evaluates operands. Prints
// every graph that the compiler read while it compiled, checks that the same equations give the same graph at
// run time, and that gates stand where they are expected; evaluation_order.cmake compares what the programs
// of two compilers print.
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/dsl/network/fingerprint.hpp"

#include <iostream>
#include <string>

namespace {

using namespace timeloom::declaration;

bool failed = false;

void check(bool holds, const char* what, std::string_view cell) {
    if (!holds) {
        std::cout << what << ": " << cell << "\n";
        failed = true;
    }
}

std::string gates_of(const graph& g) {
    std::string text;
    for (const matrix& m : g.matrices) {
        text += std::string(text.empty() ? "" : " ") + std::string(m.gate.view());
    }
    return text;
}

void print_graph(const graph& g) {
    for (const node& n : g.nodes) {
        std::cout << static_cast<int>(n.kind) << ' ' << n.index << ' ' << n.a << ' ' << n.b << ' '
                  << n.constant << '\n';
    }
    for (const state_entry& s : g.states) {
        std::cout << s.label.view() << ' ' << s.previous << ' ' << s.next << '\n';
    }
    for (const matrix& m : g.matrices) {
        std::cout << m.gate.view() << ' ' << m.operand << '\n';
    }
    for (const vector_parameter& v : g.vectors) {
        std::cout << v.gate.view() << ' ' << static_cast<int>(v.kind) << ' ' << v.initial << '\n';
    }
    for (const affine_sum& sum : g.affines) {
        for (const int m : sum.matrices) {
            std::cout << m << ' ';
        }
        for (const int v : sum.biases) {
            std::cout << '+' << v << ' ';
        }
        std::cout << '\n';
    }
    std::cout << "output " << g.output << '\n';
}

void print_derived(const graph& g) {
    const differentiated_cell cell = differentiate(g);
    print_graph(cell.step);
    for (const auto& list : {cell.gates, cell.gate_of_matrix}) {
        for (const int id : list) {
            std::cout << id << ' ';
        }
        std::cout << '\n';
    }
    for (const int id : cell.saved) {
        std::cout << id << ' ';
    }
    std::cout << '\n' << print(cell).view();
}

/// The graph as the compiler read it, and as the program reads it from the same equations.
template <class Equations, class Gates>
void compare(const graph& early, const Equations& equations, Gates order, std::string_view expected) {
    const std::string_view name = early.label.view();
    const graph late = detail::read_equations(name, equations, order);
    check(late.wrong.empty(), "cannot be meant", name);
    check(late.nodes == early.nodes && late.states == early.states, "other nodes at run time", name);
    check(late.matrices == early.matrices && late.vectors == early.vectors && late.affines == early.affines &&
              late.output == early.output,
          "other parameters at run time", name);
    check(gates_of(early) == expected, "other gates", name);
    std::cout << name << ": " << gates_of(early) << '\n' << print(early).view();
    print_derived(early);
    print_derived(with_step_mask(with_recurrent_dropout(early)));
}

template <fixed_string Name, class Equations, fixed_string... Gates>
void compare(std::string_view expected, Equations equations, gates_t<Gates...> order = {}) {
    static constexpr graph early = cell<Name>(gates<Gates...>, Equations{});
    compare(early, equations, order, expected);
}

// ---- Helpers whose products are created inside them ----

template <fixed_string Gate>
constexpr expr gate(const expr& x, const expr& h) {
    const expr z = affine<Gate>(x, h);
    return sigmoid(z);
}
constexpr expr mix(const expr& a, const expr& b) { return a * tanh(b); }
template <fixed_string First, fixed_string Second>
constexpr expr two_products(const expr& x, const expr& h) {
    const expr first = product<First>(x);
    const expr second = product<Second>(h);
    return tanh(second) / (1 + abs(first));
}

void operands_of_signs() {
    compare<"sum_of_products">("theta theta eta eta x", [](inputs x, state<"h"> h) {
        return next(h = sigmoid(affine<"theta">(x, h)) * tanh(h) +
                        sigmoid(affine<"eta">(x, h)) * tanh(product<"x">(x)));
    });
    compare<"minus">("a b", [](inputs x, state<"h"> h) {
        return next(h = tanh(product<"a">(x)) - tanh(product<"b">(h)));
    });
    compare<"over">("a b c", [](inputs x, state<"h"> h) {
        return next(h = tanh(product<"a">(x)) / (1 + exp(product<"b">(h)) * (2 + exp(product<"c">(x)))));
    });
    compare<"merged_sum">("a b c d", [](inputs x, state<"h"> h) {
        return next(h = tanh((affine<"a">(x) + product<"b">(h)) + (product<"c">(x) + affine<"d">(h))));
    });
    compare<"weights_and_numbers">("b a a", [](inputs x, state<"h"> h, weights<"v"> v, weights<"u", 1> u) {
        return next(h = (0.5 * u + tanh(affine<"b">(x))) * (v + sigmoid(affine<"a">(x, h)) * 0.25));
    });
}

void operands_of_functions() {
    compare<"largest">("a b c d", [](inputs x, state<"h"> h) {
        return next(h = max(min(tanh(product<"a">(x)), tanh(product<"b">(h))),
                            greater(product<"c">(x), tanh(product<"d">(h))) * h));
    });
    compare<"products_of_values">("a b o o", [](inputs x, state<"h"> h) {
        return next(h = tanh(affine<"o">(tanh(affine<"a">(x)), relu(affine<"b">(h)))));
    });
    compare<"input_last">("a o o", [](inputs x, state<"h"> h) {
        return next(h = tanh(affine<"o">(sigmoid(product<"a">(h)), x)));
    });
    compare<"in_functions">("f f g g o i", [](inputs x, state<"h"> h) {
        return next(h = mix(gate<"f">(x, h), gate<"g">(x, h)) + two_products<"i", "o">(x, h));
    });
}

void several_values() {
    compare<"states">("a a b b c", [](inputs x, state<"h"> h, state<"c"> c, state<"d"> d) {
        return next(h = tanh(affine<"a">(x, c)), d = sigmoid(product<"c">(d)), c = tanh(affine<"b">(x, h)));
    });
    compare<"output_first">("y a a", [](inputs x, state<"h"> h) {
        return output(sigmoid(product<"y">(x)) * h, next(h = tanh(affine<"a">(x, h))));
    });
    compare<"named_values">("f f h h", [](inputs x, state<"h"> h) {
        const auto candidate = tanh(affine<"h">(x, h));
        const auto f = sigmoid(affine<"f">(x, h));
        return next(h = f * h + (1 - f) * candidate);
    });
    compare<"declared">(
        "i i f f c c o o",
        [](inputs x, state<"h"> h, state<"c"> c) {
            const auto next_c = sigmoid(affine<"f">(unit_forget_bias, x, h)) * c +
                                sigmoid(affine<"i">(x, h)) * tanh(affine<"c">(x, h));
            return next(h = sigmoid(affine<"o">(x, h)) * tanh(next_c), c = next_c);
        },
        gates<"i", "f", "c", "o">);
    compare<"two_sums">("s s", [](inputs x, state<"h"> h) {
        return next(h = tanh(affine<"s">(x, h)) * sigmoid(product<"s">(h)) - min(x, h));
    });
}

void operations_of_all_kinds() {
    compare<"all_operations">("a b", [](inputs x, state<"h"> h, weights<"w"> w) {
        const auto a = affine<"a">(x);
        const auto b = product<"b">(h);
        const auto quotient = (exp(-abs(a)) + w) / sqrt(1 + b * b);
        const auto kinks = min(a, b) - max(a, w) + relu(b) * greater(a, w);
        return next(h = tanh(quotient) + log(1 + abs(h)) - 0.1 * softplus(a) + 0.2 * kinks * sigmoid(b));
    });
}

// ---- The cells of Keras, read at run time because their lambdas hold activations ----

void cells_of_keras() {
    static constexpr graph early[]{simple_rnn_cell(), lstm_cell(), gru_cell(), gru_reset_before_cell()};
    const graph late[]{simple_rnn_cell(), lstm_cell(), gru_cell(), gru_reset_before_cell()};
    const std::string_view expected[]{"h h", "i i f f c c o o", "z z r r h h", "z z r r h h"};
    for (int i = 0; i < 4; ++i) {
        const std::string_view name = early[i].label.view();
        check(early[i].nodes == late[i].nodes && early[i].matrices == late[i].matrices &&
                  early[i].vectors == late[i].vectors && early[i].affines == late[i].affines,
              "other at run time", name);
        check(gates_of(early[i]) == expected[i], "gates are not Keras's", name);
        print_derived(early[i]);
        print_derived(with_step_mask(with_recurrent_dropout(early[i])));
    }
}

void models() {
    const auto print = [](const auto& model) { std::cout << fingerprint(describe(model), 6) << '\n'; };
    print(sequential(input<7, 3>(ragged), lstm<5>(return_sequences, recurrent_dropout(0.5)),
                     bidirectional(gru<3>(return_sequences)), dense<4>(softplus), softmax));
    print(functional(input<9>(), named<"words">(embedding<30, 5>(mask_zero)), gru<6>(reset_after(false)),
                     named<"other">(simple_rnn<6>(activation(relu)), reads<"words">)));
}

} // namespace

int main() {
    operands_of_signs();
    operands_of_functions();
    several_values();
    operations_of_all_kinds();
    cells_of_keras();
    models();
    return failed ? 1 : 0;
}
