#include "timeloom/runtime/parameters/norm_constraint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace timeloom::detail {

NormConstraint::NormConstraint(const plan::Model& model) {
    for (const plan::Parameter& p : model.parameters) {
        const plan::Parameter* const other = other_bias(model, p);
        if (p.max_norm == 0 || (other != nullptr && other < &p)) { // the pair is done
            continue;
        }
        std::vector<Strip> strips, second_row;
        add_strips(p, strips);
        if (other != nullptr) {
            add_strips(*other, second_row);
        }
        const bool one_norm = p.is_vector && other == nullptr;
        for (std::size_t i = 0; i < strips.size(); ++i) {
            if (i == 0 || !one_norm) {
                groups_.push_back({strips_.size(), 0, p.max_norm, one_norm});
            }
            strips_.push_back(strips[i]);
            if (other != nullptr) {
                strips_.push_back(second_row[i]);
            }
            groups_.back().last_strip = strips_.size();
        }
    }
}

void NormConstraint::add_strips(const plan::Parameter& parameter, std::vector<Strip>& strips) const {
    for (const plan::PackedMatrix& block : parameter.blocks) {
        const int width = std::min(most_columns, block.lanes);
        for (int unit = 0; unit < block.units; unit += width) {
            strips.push_back({block.index(0, unit), static_cast<std::size_t>(block.gates * block.lanes),
                              block.rows, std::min(width, block.units - unit)});
        }
    }
}

void NormConstraint::apply(std::size_t part, std::size_t parts, std::span<float> parameters) const {
    const std::size_t last = groups_.size() * (part + 1) / parts;
    for (std::size_t g = groups_.size() * part / parts; g < last; ++g) {
        apply(groups_[g], parameters.data());
    }
}

void NormConstraint::apply(const Group& group, float* parameters) const {
    const auto for_each_row = [&](const auto& f) {
        for (std::size_t s = group.first_strip; s < group.last_strip; ++s) {
            const Strip& strip = strips_[s];
            for (int row = 0; row < strip.rows; ++row) {
                f(parameters + strip.first + static_cast<std::size_t>(row) * strip.row_stride, strip.columns);
            }
        }
    };
    std::array<double, most_columns> sums{};
    for_each_row([&](const float* row, int columns) {
        for (int c = 0; c < columns; ++c) {
            sums[static_cast<std::size_t>(c)] += double{row[c]} * row[c];
        }
    });
    if (group.one_norm) {
        sums.fill(std::accumulate(sums.begin(), sums.end(), 0.0));
    }
    constexpr double epsilon = 1e-7;
    std::array<float, most_columns> scales{};
    std::ranges::transform(sums, scales.begin(), [&](double sum) {
        const double norm = std::sqrt(sum);
        return static_cast<float>(std::min(norm, group.max_norm) / (epsilon + norm));
    });
    for_each_row([&](float* row, int columns) {
        for (int c = 0; c < columns; ++c) {
            row[c] *= scales[static_cast<std::size_t>(c)];
        }
    });
}

} // namespace timeloom::detail
