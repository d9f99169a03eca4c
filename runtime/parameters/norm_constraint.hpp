// Keras's MaxNorm on parameters, after each update.
#pragma once

#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Every column w of a parameter with a max_norm becomes w · min(‖w‖, max_norm) / (1e-7 + ‖w‖). A vector is
/// one column, but the two biases of a GRU are the rows of a matrix. Any number of parts gives the same bits.
class NormConstraint {
  public:
    explicit NormConstraint(const plan::Model& model);

    bool is_active() const { return !groups_.empty(); }
    void apply(std::size_t part, std::size_t parts, std::span<float> parameters) const;

  private:
    static constexpr int most_columns = 16;
    /// Columns side by side in memory, at most 16 of them.
    struct Strip {
        std::size_t first;
        std::size_t row_stride;
        int rows;
        int columns;
    };
    /// Strips one below the other, with a norm for each column or one for all.
    struct Group {
        std::size_t first_strip;
        std::size_t last_strip;
        double max_norm;
        bool one_norm;
    };
    void add_strips(const plan::Parameter& parameter, std::vector<Strip>& strips) const;
    void apply(const Group& group, float* parameters) const;

    std::vector<Strip> strips_;
    std::vector<Group> groups_;
};

} // namespace timeloom::detail
