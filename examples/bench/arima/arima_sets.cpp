#include "arima_sets.hpp"

#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace timeloom::bench {

namespace {

using plan::ArimaOrders;
using plan::Trend;
using Values = std::vector<double>;

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 6> scales{1e-300, 1e-80, 1e-8, 1e8, 1e80, 1e300};

/// Random choices of one series.
class Draw {
  public:
    Draw(std::uint64_t set, std::uint64_t series) : random_(16, set << 32 | series) {}

    double normal() { return random_.normal(); }
    double between(double low, double high) {
        return low + (high - low) * static_cast<double>(random_.uniform());
    }
    int integer(int low, int high) {
        return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
    }
    std::size_t length(int low, int high) { return static_cast<std::size_t>(integer(low, high)); }
    template <class T>
    T one_of(std::initializer_list<T> choices) {
        return choices.begin()[random_.below(choices.size())];
    }

    Values white(std::size_t n, double deviation = 1) {
        Values e(n);
        for (double& x : e) {
            x = deviation * normal();
        }
        return e;
    }
    /// Coefficients of a stationary polynomial 1 - c₁B - … with partial autocorrelations below `most`.
    Values stationary(int order, double most) {
        Values c;
        for (int k = 0; k < order; ++k) {
            const double partial = between(-most, most);
            const Values below = c;
            for (std::size_t i = 0; i < below.size(); ++i) {
                c[i] -= partial * below[below.size() - 1 - i];
            }
            c.push_back(partial);
        }
        return c;
    }

  private:
    Random random_;
};

/// x_t = Σ ar_i x_{t-i·lag} + e_t + Σ ma_j e_{t-j·lag}, zeros before.
Values filtered(const Values& e, const Values& ar, const Values& ma, std::size_t lag = 1) {
    Values x = e;
    for (std::size_t t = 0; t < x.size(); ++t) {
        for (std::size_t j = 1; j <= ma.size() && j * lag <= t; ++j) {
            x[t] += ma[j - 1] * e[t - j * lag];
        }
        for (std::size_t i = 1; i <= ar.size() && i * lag <= t; ++i) {
            x[t] += ar[i - 1] * x[t - i * lag];
        }
    }
    return x;
}

Values negated(Values c) {
    for (double& x : c) {
        x = -x;
    }
    return c;
}

Values last(const Values& x, std::size_t n) { return {x.end() - static_cast<std::ptrdiff_t>(n), x.end()}; }

Values summed(Values y, int times, std::size_t lag = 1) {
    for (int k = 0; k < times; ++k) {
        for (std::size_t t = lag; t < y.size(); ++t) {
            y[t] += y[t - lag];
        }
    }
    return y;
}

Values rounded(Values y, double unit) {
    for (double& x : y) {
        x = std::round(x / unit) * unit;
    }
    return y;
}

/// Sines, growth and decay, polynomials, logistic curves.
Values smooth_curve(Draw& draw, std::size_t n) {
    const int kind = draw.integer(0, 3);
    const double level = draw.between(-50, 50), size = draw.between(1, 50);
    const double period = draw.between(7, 40), phase = draw.between(0, 6.28);
    const double rate = draw.between(0.85, 1.02), bend = draw.between(-0.01, 0.01);
    const double slope = draw.between(-2, 2), middle = draw.between(0.2, 0.8) * static_cast<double>(n);
    Values y(n);
    for (std::size_t i = 0; i < n; ++i) {
        const auto t = static_cast<double>(i);
        y[i] = level + (kind == 0   ? size * std::sin(2 * std::numbers::pi * t / period + phase)
                        : kind == 1 ? size * std::pow(rate, t)
                        : kind == 2 ? slope * t + bend * t * t
                                    : size / (1 + std::exp((middle - t) / 4)));
    }
    return y;
}

struct Model {
    ArimaOrders orders;
    Trend trend;
};

Model smooth_model(Draw& draw) {
    const Trend c = Trend::differenced_mean, n = Trend::n;
    return draw.one_of<Model>({{{2, 0, 0}, c},
                               {{1, 1, 0}, n},
                               {{2, 1, 0}, n},
                               {{3, 0, 0}, c},
                               {{1, 0, 1}, c},
                               {{2, 0, 1}, c},
                               {{1, 1, 1}, n},
                               {{2, 1, 1}, n},
                               {{0, 1, 2}, n},
                               {{0, 2, 1}, n},
                               {{1, 2, 1}, n}});
}

ArimaSetSeries smooth(Draw& draw) {
    const std::size_t n = draw.length(30, 150);
    const Model model = smooth_model(draw);
    return {rounded(smooth_curve(draw, n), 0.01), model.orders, model.trend};
}

ArimaSetSeries smooth_with_noise(Draw& draw) {
    const std::size_t n = draw.length(30, 150);
    const Model model = smooth_model(draw);
    Values y = smooth_curve(draw, n);
    const double deviation = std::pow(10.0, draw.between(-3, 0));
    for (double& x : y) {
        x += deviation * draw.normal();
    }
    return {y, model.orders, model.trend};
}

ArimaSetSeries overdifferenced(Draw& draw) {
    const std::size_t n = draw.length(30, 150);
    const int p = draw.integer(0, 2), q = draw.integer(1, 3), d = draw.integer(1, 2);
    const Values e = draw.white(n + 100);
    return {last(filtered(e, draw.stationary(draw.integer(0, 2), 0.9), {}), n), {p, d, q}, Trend::n};
}

ArimaSetSeries underdifferenced(Draw& draw) {
    const std::size_t n = draw.length(30, 150);
    const int p = draw.integer(1, 3), q = draw.integer(0, 2), d = draw.integer(0, 1);
    const Values y =
        summed(last(filtered(draw.white(n + 100), draw.stationary(1, 0.9), {}), n), draw.integer(d + 1, 2));
    return {y, {p, d, q}, d == 0 ? Trend::differenced_mean : Trend::n};
}

ArimaSetSeries ma_of_white_noise(Draw& draw) {
    const Values y = draw.white(40);
    return {y, {0, 0, draw.integer(1, 3)}, Trend::differenced_mean};
}

ArimaSetSeries ma_of_periodic(Draw& draw) {
    const std::size_t period = draw.length(2, 7);
    const Values shape = draw.white(period, draw.between(1, 10));
    Values y = draw.white(40, draw.one_of({0.1, 1.0}));
    for (std::size_t t = 0; t < y.size(); ++t) {
        y[t] += shape[t % period];
    }
    return {y, {0, draw.integer(0, 1), draw.integer(1, 3)}, draw.one_of({Trend::n, Trend::differenced_mean})};
}

ArimaSetSeries ma_of_autoregression(Draw& draw) {
    const Values y = last(filtered(draw.white(140), draw.stationary(2, 0.95), {}), 40);
    return {y, {0, 0, draw.integer(1, 3)}, Trend::differenced_mean};
}

/// θ's roots near φ's.
ArimaSetSeries near_cancelling(Draw& draw) {
    const std::size_t n = draw.length(40, 250);
    const int order = draw.integer(1, 2);
    const Values ar = draw.stationary(order, 0.95);
    Values ma = negated(ar);
    for (double& c : ma) {
        c *= draw.between(0.75, 1.0);
    }
    const Values y = last(filtered(draw.white(n + 200), ar, ma), n);
    return {y, {order, 0, order}, draw.one_of({Trend::n, Trend::differenced_mean})};
}

ArimaSetSeries arma22(Draw& draw) {
    const Values ar = draw.stationary(2, 0.9), ma = negated(draw.stationary(2, 0.9));
    return {summed(last(filtered(draw.white(700), ar, ma), 200), 1), {2, 1, 2}, Trend::n};
}

ArimaSetSeries seasonal(Draw& draw) {
    constexpr std::size_t s = 12;
    const std::size_t n = s * draw.length(5, 12);
    const auto orders = draw.one_of<ArimaOrders>({{0, 1, 1, 0, 1, 1, 12},
                                                  {1, 0, 1, 0, 1, 1, 12},
                                                  {2, 1, 0, 0, 1, 1, 12},
                                                  {1, 1, 1, 1, 0, 1, 12},
                                                  {1, 0, 0, 1, 0, 1, 12},
                                                  {0, 1, 2, 1, 1, 0, 12},
                                                  {0, 1, 1, 0, 0, 0, 12}});
    Values y = filtered(draw.white(n + 60), draw.stationary(1, 0.9), negated(draw.stationary(1, 0.9)));
    y = last(filtered(y, {}, negated(draw.stationary(1, 0.9)), s), n);
    if (draw.integer(0, 1) == 0) {
        y = summed(summed(y, orders.d), orders.seasonal_d, s);
    } else { // a fixed season: the differences are one too many
        const double size = draw.between(1, 20);
        for (std::size_t t = 0; t < n; ++t) {
            y[t] += size * std::sin(2 * std::numbers::pi * static_cast<double>(t % s) / s);
        }
    }
    return {y, orders, Trend::n};
}

ArimaSetSeries with_gaps(Draw& draw) {
    const std::size_t n = draw.length(25, 100);
    const int p = draw.integer(0, 2), q = draw.integer(0, 2), d = draw.integer(0, 2);
    Values y = filtered(draw.white(n + 100), draw.stationary(draw.integer(0, 2), 0.9),
                        negated(draw.stationary(1, 0.9)));
    y = summed(last(y, n), d);
    const std::size_t gaps = draw.length(1, static_cast<int>(n / 5));
    for (std::size_t i = 0; i < gaps; ++i) {
        y[draw.length(1, static_cast<int>(n) - 2)] = missing_value;
    }
    return {y, {p, d, p + q == 0 ? 1 : q}, d == 0 ? Trend::differenced_mean : Trend::n};
}

ArimaSetSeries at_scale(Draw& draw) {
    const double scale = scales[draw.length(0, scales.size() - 1)];
    ArimaSetSeries series = draw.integer(0, 1) == 0 ? smooth_with_noise(draw) : overdifferenced(draw);
    for (double& x : series.y) {
        x *= scale / 100;
    }
    return series;
}

} // namespace

std::vector<ArimaSet> arima_sets(std::size_t count) {
    const std::vector<std::pair<std::string, std::function<ArimaSetSeries(Draw&)>>> kinds{
        {"smooth, rounded", smooth},
        {"smooth with noise", smooth_with_noise},
        {"overdifferenced", overdifferenced},
        {"underdifferenced", underdifferenced},
        {"MA of white noise", ma_of_white_noise},
        {"MA of periodic data", ma_of_periodic},
        {"MA of AR(2) data", ma_of_autoregression},
        {"near-cancelling factors", near_cancelling},
        {"(2,1,2), n = 200", arma22},
        {"seasonal", seasonal},
        {"with gaps", with_gaps},
        {"at six scales", at_scale}};
    std::vector<ArimaSet> sets;
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        ArimaSet& set = sets.emplace_back(ArimaSet{kinds[k].first, {}});
        for (std::size_t i = 0; i < count; ++i) {
            Draw draw(k, i);
            set.series.push_back(kinds[k].second(draw));
        }
    }
    return sets;
}

} // namespace timeloom::bench
