// One time step of one cell in a stream's kernel.
#pragma once

#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/codegen/stream/fractions.hpp"
#include "timeloom/codegen/stream/stream_memory.hpp"
#include "timeloom/dsl/cells/products.hpp"

#include <map>
#include <string>
#include <vector>

namespace timeloom::codegen {

class StreamCell {
  public:
    /// `sample`: which one of the caller's the cell reads, where it reads the caller's; `first_parameter`:
    /// where the parameters begin in their buffer.
    StreamCell(const stream_layer& place, const Halide::Target& target, const Halide::Expr& sample,
               const Halide::Expr& first_parameter, Statements& statements);

    /// The states after this step, and the output.
    void compute();
    /// Puts them into the memory; nothing is read of it afterwards.
    void store();

    /// What the cell hands on, by vector.
    std::vector<Halide::Expr> output();
    const std::vector<unit_vector>& vectors() const { return vectors_; }

  private:
    bool is_known(int node) const;
    void make_sums(const std::vector<int>& affines);
    Halide::Expr parameters(int at, int lanes) const;
    Halide::Expr start(int affine, const unit_vector& v);
    Halide::Expr operand(int node, int k, int lanes);
    void add_products(int group, const std::vector<int>& affines);
    void add_dot_product(int group, int affine, int gate);
    Halide::Expr weights(int group, int k, int gate, const unit_vector& v) const;
    int rows_of(int group) const;
    int depth_of(int affine) const;
    int parts_of(int affine, int most) const;
    int most_parts(const std::vector<int>& affines) const;

    fraction lower(int node, std::size_t vector);
    fraction lower_leaf(const declaration::node& node, std::size_t vector);
    fraction lower_operation(const declaration::node& node, std::size_t vector);
    Halide::Expr value(int node, std::size_t vector);
    void store_operand(int node);

    const stream_layer& place_;
    const declaration::graph& g_;
    const declaration::static_vector<declaration::product_group, 32> groups_;
    const Halide::Expr sample_, first_parameter_;
    Statements& statements_;
    Fractions fractions_;
    std::vector<unit_vector> vectors_;
    int widest_ = 1;
    const machine& machine_; ///< half of its registers hold sums
    std::map<std::pair<int, std::size_t>, std::vector<Halide::Expr>> sums_; ///< (affine node, vector) → parts
    std::map<std::pair<int, std::size_t>, fraction> lowered_;
    std::map<std::pair<int, std::size_t>, Halide::Expr> values_;
    std::vector<bool> is_stored_; ///< by node: operands of matrices
};

} // namespace timeloom::codegen
