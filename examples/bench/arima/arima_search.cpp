#include "arima_search.hpp"

#include "arima_likelihood.hpp"

#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace timeloom::bench {

namespace {

using Point = std::vector<double>;
using Function = std::function<double(const Point&)>;

/// Appends the coefficients whose partial autocorrelations are tanh of the values, times `sign`.
void append_stationary(Point& coefficients, std::span<const double> values, double sign) {
    Point polynomial;
    for (const double value : values) {
        const double partial = std::tanh(value);
        const Point shorter = polynomial;
        for (std::size_t i = 0; i < shorter.size(); ++i) {
            polynomial[i] -= partial * shorter[shorter.size() - 1 - i];
        }
        polynomial.push_back(partial);
    }
    for (const double coefficient : polynomial) {
        coefficients.push_back(sign * coefficient);
    }
}

Point coefficients_at(const ArimaCase& c, const Point& point) {
    Point coefficients;
    std::size_t used = 0;
    const auto append = [&](int count, double sign) {
        append_stationary(coefficients, std::span(point).subspan(used, static_cast<std::size_t>(count)),
                          sign);
        used += static_cast<std::size_t>(count);
    };
    append(c.p, 1);
    append(c.q, -1);
    append(c.seasonal_p, 1);
    append(c.seasonal_q, -1);
    if (c.mean) {
        coefficients.push_back(point.back());
    }
    return coefficients;
}

/// a + factor (b - a).
Point between(const Point& a, const Point& b, double factor) {
    Point result = a;
    for (std::size_t i = 0; i < a.size(); ++i) {
        result[i] += factor * (b[i] - a[i]);
    }
    return result;
}

/// The lowest point of `function` that the simplex method finds from `simplex`, with its value.
class Simplex {
  public:
    Simplex(std::vector<Point> points, const Function& function) : function_(function) {
        for (Point& point : points) {
            const double value = function_(point);
            corners_.push_back({std::move(point), value});
        }
    }

    double minimise(int most_steps) {
        sort();
        for (int step = 0; step < most_steps && corners_.back().value - corners_.front().value > 1e-10;
             ++step) {
            move_worst();
            sort();
        }
        return corners_.front().value;
    }

    const Point& lowest() const { return corners_.front().point; }

  private:
    struct Corner {
        Point point;
        double value;
    };

    void sort() { std::ranges::stable_sort(corners_, {}, &Corner::value); }

    void move_worst() {
        Corner& worst = corners_.back();
        Point centre(worst.point.size());
        for (std::size_t i = 0; i + 1 < corners_.size(); ++i) {
            for (std::size_t k = 0; k < centre.size(); ++k) {
                centre[k] += corners_[i].point[k] / static_cast<double>(corners_.size() - 1);
            }
        }
        const Corner reflected = at(between(centre, worst.point, -1));
        if (reflected.value < corners_.front().value) {
            const Corner further = at(between(centre, worst.point, -2));
            worst = further.value < reflected.value ? further : reflected;
        } else if (reflected.value < corners_[corners_.size() - 2].value) {
            worst = reflected;
        } else if (const Corner nearer = at(between(centre, worst.point, 0.5)); nearer.value < worst.value) {
            worst = nearer;
        } else {
            shrink();
        }
    }

    void shrink() {
        for (std::size_t i = 1; i < corners_.size(); ++i) {
            corners_[i] = at(between(corners_.front().point, corners_[i].point, 0.5));
        }
    }

    Corner at(Point point) const {
        const double value = function_(point);
        return {std::move(point), value};
    }

    const Function& function_;
    std::vector<Corner> corners_;
};

std::vector<Point> corners_around(const Point& point, double step, double mean_step) {
    std::vector<Point> points{point};
    for (std::size_t i = 0; i < point.size(); ++i) {
        points.push_back(point);
        points.back()[i] += i + 1 == point.size() && mean_step > 0 ? mean_step : step;
    }
    return points;
}

} // namespace

double searched_loglike(const ArimaCase& c, std::span<const double> w, int starts) {
    const auto n = static_cast<double>(w.size());
    const double mean = std::accumulate(w.begin(), w.end(), 0.0) / n;
    const double variance = std::inner_product(w.begin(), w.end(), w.begin(), 0.0) / n - mean * mean;
    const double mean_step = c.mean ? std::sqrt(variance / n) : 0;
    const Function function = [&](const Point& point) {
        const double value = -exact_loglike(c, w, coefficients_at(c, point));
        return std::isfinite(value) ? value : std::numeric_limits<double>::max();
    };
    Random random(2);
    double best = std::numeric_limits<double>::infinity();
    for (int start = 0; start < starts; ++start) {
        Point point(c.coefficients());
        for (double& value : point) {
            value = start == 0 ? 0.0 : static_cast<double>(random.uniform(-1.5F, 1.5F));
        }
        if (c.mean) {
            point.back() = mean;
        }
        for (const double step : {0.5, 0.1}) { // again from where it ended, because it may end too early
            Simplex simplex(corners_around(point, step, mean_step * step), function);
            best = std::min(best, simplex.minimise(1000));
            point = simplex.lowest();
        }
    }
    return -best;
}

} // namespace timeloom::bench
