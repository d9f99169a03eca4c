// Reverse-mode differentiation of plain double arithmetic: the tests' own way to gradients.
#pragma once

#include <cmath>
#include <vector>

namespace timeloom::tests {

/// Every operation with the partial derivatives with respect to its two operands, in the order of execution.
class Tape {
  public:
    int record(int a, double da, int b, double db) {
        entries_.push_back({a, b, da, db});
        return static_cast<int>(entries_.size()) - 1;
    }

    /// Turns the gradients of the results, by entry, into those of everything recorded before.
    void run_back(std::vector<double>& gradient) const {
        for (std::size_t i = entries_.size(); i-- > 0;) {
            const Entry& e = entries_[i];
            if (e.a >= 0) {
                gradient[static_cast<std::size_t>(e.a)] += gradient[i] * e.da;
            }
            if (e.b >= 0) {
                gradient[static_cast<std::size_t>(e.b)] += gradient[i] * e.db;
            }
        }
    }

    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        int a, b;
        double da, db;
    };
    std::vector<Entry> entries_;
};

/// A number that remembers on a tape how it came about. Without a tape it is a constant.
struct Variable {
    double value = 0;
    int entry = -1;
    Tape* tape = nullptr;

    Variable() = default;
    Variable(double constant) : value(constant) {}
    Variable(double v, Tape& t) : value(v), entry(t.record(-1, 0, -1, 0)), tape(&t) {}
};

inline double value_of(double x) { return x; }
inline double value_of(const Variable& x) { return x.value; }

/// f(a, b) = value with its two partial derivatives.
inline Variable recorded(double value, const Variable& a, double da, const Variable& b = {}, double db = 0) {
    Variable result(value);
    result.tape = a.tape != nullptr ? a.tape : b.tape;
    if (result.tape != nullptr) {
        result.entry = result.tape->record(a.entry, da, b.entry, db);
    }
    return result;
}

inline Variable operator-(const Variable& x) { return recorded(-x.value, x, -1); }
inline Variable operator+(const Variable& a, const Variable& b) {
    return recorded(a.value + b.value, a, 1, b, 1);
}
inline Variable operator-(const Variable& a, const Variable& b) {
    return recorded(a.value - b.value, a, 1, b, -1);
}
inline Variable operator*(const Variable& a, const Variable& b) {
    return recorded(a.value * b.value, a, b.value, b, a.value);
}
inline Variable operator/(const Variable& a, const Variable& b) {
    return recorded(a.value / b.value, a, 1 / b.value, b, -a.value / (b.value * b.value));
}
inline Variable exp(const Variable& x) { return recorded(std::exp(x.value), x, std::exp(x.value)); }
inline Variable log(const Variable& x) { return recorded(std::log(x.value), x, 1 / x.value); }
inline Variable sqrt(const Variable& x) { return recorded(std::sqrt(x.value), x, 0.5 / std::sqrt(x.value)); }
inline Variable tanh(const Variable& x) {
    const double cosh = std::cosh(x.value);
    return recorded(std::tanh(x.value), x, 1 / (cosh * cosh));
}

/// 1 / (1 + exp(−x)); its slope is exp(−|x|) / (1 + exp(−|x|))².
inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }
inline Variable logistic(const Variable& x) {
    const double e = std::exp(-std::abs(x.value));
    return recorded(logistic(x.value), x, e / ((1 + e) * (1 + e)));
}

} // namespace timeloom::tests
