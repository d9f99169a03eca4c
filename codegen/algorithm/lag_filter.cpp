#include "timeloom/codegen/algorithm/lag_filter.hpp"

#include "timeloom/codegen/algorithm/lag_filter_arguments.hpp"
#include "timeloom/codegen/schedule/schedule.hpp"

#include <algorithm>
#include <stdexcept>

namespace timeloom::codegen {

using namespace Halide;
using plan::FactorList;
using plan::LagFactor;
using plan::LagFilter;
using plan::LagFilterKind;

namespace {

/// A series (lane, t, column) in a buffer that holds `reach` zeros before it and as many after it.
ImageParam series_image(const std::string& name) {
    ImageParam image(Float(64), 3, name);
    image.dim(0).set_bounds(0, plan::series_lanes);
    image.dim(1).set_stride(plan::series_lanes);
    return image;
}

ImageParam lane_image(const std::string& name, int rows) {
    ImageParam image(Float(64), 2, name);
    image.dim(0).set_bounds(0, plan::series_lanes);
    image.dim(1).set_bounds(0, rows).set_stride(plan::series_lanes);
    return image;
}

/// Calls of one kernel: its loop variables, and the values it reads.
struct filter_pipeline {
    Var lane{"lane"}, t{"t"}, column{"column"};
    FactorList factors;
    ImageParam coefficients;
    Param<int> period{"period"}; ///< of the season, where it is open
    bool has_open_period;
    RDom step; ///< (step of a run of filter_unroll, run)
    Expr now;  ///< the time step that an update works on

    /// `series` shows how many time steps there are; its last are taken first where `backwards`.
    filter_pipeline(const LagFilter& filter, const ImageParam& series, bool backwards)
        : factors(plan::factors(filter)),
          coefficients(lane_image("coefficients", std::max(1, filter.parameters()))),
          has_open_period(filter.has_open_period()) {
        const Expr reach = has_open_period ? -series.dim(1).min() : Expr(plan::reach(filter));
        const Expr steps = series.dim(1).max() + 1 - reach;
        step = RDom(0, plan::filter_unroll, 0, steps / plan::filter_unroll, "step");
        const Expr forwards = step.y * plan::filter_unroll + step.x;
        now = backwards ? steps - 1 - forwards : forwards;
    }

    std::vector<Param<int>> numbers() const {
        return has_open_period ? std::vector{period} : std::vector<Param<int>>{};
    }

    /// How many steps back term j of the factor reaches; j counts from 0.
    Expr lag(const LagFactor& f, int j) const {
        return f.lag == plan::any_period ? Expr(period) * (j + 1) : Expr(f.lag * (j + 1));
    }

    Expr coefficient(const LagFactor& f, int term) const { return coefficients(lane, f.first + term); }

    /// start + sign · Σ coefficient · series(now + direction · lag of the term).
    Expr add_lagged(Expr start, int sign, const LagFactor& f, int direction,
                    const std::function<Expr(const Expr&)>& series) const {
        for (int j = f.terms; j-- > 0;) {
            const Expr term = coefficient(f, j) * series(now + direction * lag(f, j));
            if (j == 0 && f.lag == 1) {
                start = last_summand_apart(start);
            }
            start = sign > 0 ? start + term : start - term;
        }
        return start;
    }

    /// A step waits for the one before it, so the product with that one has to be added last: then a single
    /// multiply-add is all the waiting. LLVM, free to reorder sums, would add it first, but for an operation
    /// in between that it cannot move a sum through.
    static Expr last_summand_apart(const Expr& sum) { return max(sum, Expr(-1e300)); }

    /// Series `i` of a Func that over_time() made: Halide takes a Tuple of one for no Tuple.
    Expr element(const Func& f, const Expr& at, int i) const {
        const FuncRef values = f(lane, at, column);
        return f.outputs() == 1 ? Expr(values) : values[i];
    }

    /// The Func that holds `values` at every step, and nothing where no update came.
    Func over_time(const std::string& name, std::size_t series) const {
        Func f(name);
        f(lane, t, column) = Tuple(std::vector<Expr>(series, undef<double>()));
        return f;
    }
};

/// Bounds and strides of an output that lies like series_image.
void lay_out(Func& f) {
    // The buffers of a Tuple have the first one's bounds.
    f.output_buffers().front().dim(0).set_bounds(0, plan::series_lanes);
    for (OutputImageParam& buffer : f.output_buffers()) {
        buffer.dim(1).set_stride(plan::series_lanes);
    }
}

kernel_pipeline build_forward(const LagFilter& filter, const Target& target) {
    const ImageParam w = series_image("w");
    const filter_pipeline p(filter, w, false);
    const int stages = std::max(1, p.factors.size());
    Func after = p.over_time("after", static_cast<std::size_t>(stages));
    const auto stage = [&](int i) {
        return
            [&, i](const Expr& t) -> Expr { return i < 0 ? w(p.lane, t, p.column) : p.element(after, t, i); };
    };
    std::vector<Expr> values;
    Expr value = w(p.lane, p.now, p.column);
    for (int i = 0; i < stages; ++i) {
        if (i < p.factors.size()) {
            const LagFactor& f = p.factors[i];
            value = p.add_lagged(value, -1, f, -1, stage(f.moving_average ? i : i - 1));
        }
        values.push_back(value);
    }
    after(p.lane, p.now, p.column) = Tuple(values);
    lay_out(after);
    schedule_recursion(after, p.lane, p.column, p.step, target);
    return {.inputs = {p.coefficients, w}, .outputs = {after}, .numbers = p.numbers()};
}

kernel_pipeline build_adjoint(const LagFilter& filter, const Target& target) {
    const ImageParam source = series_image("source");
    const filter_pipeline p(filter, source, true);
    const int stages = std::max(1, p.factors.size());
    Func before = p.over_time("before", static_cast<std::size_t>(stages));
    const auto stage = [&](int i) {
        return [&, i](const Expr& t) -> Expr {
            return i == stages ? source(p.lane, t, p.column) : p.element(before, t, i);
        };
    };
    std::vector<Expr> values(static_cast<std::size_t>(stages));
    Expr value = source(p.lane, p.now, p.column);
    for (int i = stages - 1; i >= 0; --i) {
        if (i < p.factors.size()) {
            const LagFactor& f = p.factors[i];
            value = p.add_lagged(value, -1, f, 1, stage(f.moving_average ? i : i + 1));
        }
        values[static_cast<std::size_t>(i)] = value;
    }
    before(p.lane, p.now, p.column) = Tuple(values);
    lay_out(before);
    schedule_recursion(before, p.lane, p.column, p.step, target);
    return {.inputs = {p.coefficients, source}, .outputs = {before}, .numbers = p.numbers()};
}

kernel_pipeline build_gradient(const LagFilter& filter, const Target& target) {
    const ImageParam w = series_image("w");
    const ImageParam source = series_image("source");
    const filter_pipeline p(filter, w, false);
    kernel_pipeline kernel{.inputs = {w}, .outputs = {}, .numbers = p.numbers()};
    std::vector<ImageParam> after, before;
    for (int i = 0; i < p.factors.size(); ++i) {
        after.push_back(series_image("after" + std::to_string(i)));
        before.push_back(series_image("before" + std::to_string(i)));
    }
    kernel.inputs.insert(kernel.inputs.end(), after.begin(), after.end());
    kernel.inputs.insert(kernel.inputs.end(), before.begin(), before.end());
    kernel.inputs.push_back(source);

    // ∂/∂coefficient = -Σ_t (what flows back into the factor's lagged operand) · (that operand, lagged)
    std::vector<Expr> terms;
    for (int i = 0; i < p.factors.size(); ++i) {
        const LagFactor& f = p.factors[i];
        const auto at = static_cast<std::size_t>(i);
        const ImageParam& lagged = f.moving_average ? after[at] : i == 0 ? w : after[at - 1];
        const ImageParam& flow = f.moving_average            ? before[at]
                                 : i + 1 == p.factors.size() ? source
                                                             : before[at + 1];
        for (int j = 0; j < f.terms; ++j) {
            terms.push_back(-flow(p.lane, p.now, p.column) * lagged(p.lane, p.now - p.lag(f, j), p.column));
        }
    }
    const int count = static_cast<int>(terms.size());
    Func sums("sums");
    sums(p.lane, p.column) = Tuple(std::vector<Expr>(terms.size(), cast<double>(0)));
    const auto sum = [&](int i) {
        const FuncRef values = sums(p.lane, p.column);
        return count == 1 ? Expr(values) : values[i];
    };
    std::vector<Expr> added;
    for (int i = 0; i < count; ++i) {
        added.push_back(sum(i) + terms[static_cast<std::size_t>(i)]);
    }
    sums(p.lane, p.column) = Tuple(added);

    Var k("k");
    Func gradient("gradient");
    Expr value = sum(0);
    for (int i = 1; i < count; ++i) {
        value = select(k == i, sum(i), value);
    }
    gradient(p.lane, k, p.column) = value;
    gradient.output_buffer().dim(0).set_bounds(0, plan::series_lanes);
    gradient.output_buffer().dim(1).set_bounds(0, count).set_stride(plan::series_lanes);
    schedule_lagged_dots(gradient, sums, p.lane, k, p.column, p.step, count, target);
    kernel.outputs = {gradient};
    return kernel;
}

kernel_pipeline build_synthesis(const LagFilter& filter, const Target& target) {
    const ImageParam noise = series_image("noise");
    const filter_pipeline p(filter, noise, false);
    const int stages = std::max(1, p.factors.size());
    Func before = p.over_time("before", static_cast<std::size_t>(stages));
    const auto stage = [&](int i) {
        return [&, i](const Expr& t) -> Expr {
            return i == stages ? noise(p.lane, t, p.column) : p.element(before, t, i);
        };
    };
    std::vector<Expr> values(static_cast<std::size_t>(stages));
    Expr value = noise(p.lane, p.now, p.column);
    for (int i = stages - 1; i >= 0; --i) {
        if (i < p.factors.size()) {
            const LagFactor& f = p.factors[i];
            value = p.add_lagged(value, 1, f, -1, stage(f.moving_average ? i + 1 : i));
        }
        values[static_cast<std::size_t>(i)] = value;
    }
    before(p.lane, p.now, p.column) = Tuple(values);
    lay_out(before);
    schedule_recursion(before, p.lane, p.column, p.step, target);
    return {.inputs = {p.coefficients, noise}, .outputs = {before}, .numbers = p.numbers()};
}

kernel_pipeline build_kernel(const LagFilter& filter, LagFilterKind kind, const Target& target) {
    switch (kind) {
    case LagFilterKind::forward:
        return build_forward(filter, target);
    case LagFilterKind::adjoint:
        return build_adjoint(filter, target);
    case LagFilterKind::gradient:
        return build_gradient(filter, target);
    default:
        return build_synthesis(filter, target);
    }
}

std::size_t arguments_of(const kernel_pipeline& pipeline) {
    std::size_t count = pipeline.numbers.size() + pipeline.inputs.size();
    for (const Func& output : pipeline.outputs) {
        count += static_cast<std::size_t>(output.outputs());
    }
    return count;
}

} // namespace

kernel_pipeline build_lag_filter(const LagFilter& filter, LagFilterKind kind, const Target& target) {
    kernel_pipeline pipeline = build_kernel(filter, kind, target);
    if (arguments_of(pipeline) != lag_filter_arguments(filter, kind).size()) {
        throw std::logic_error("timeloom: a lag filter's kernel has other arguments than its plan says");
    }
    return pipeline;
}

} // namespace timeloom::codegen
